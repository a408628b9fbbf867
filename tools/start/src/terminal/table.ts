/** Rows in columns as wide as their widest cell. */
export function table(heads: string[], rows: string[][]): string {
  const all = [heads, ...rows];
  const widths = heads.map((_head, column) =>
    Math.max(...all.map((row) => cell(row, column).length)),
  );
  const line = (row: string[]): string =>
    widths
      .map((width, column) => cell(row, column).padEnd(width))
      .join('  ')
      .trimEnd();
  const rule = widths.map((width) => '─'.repeat(width)).join('  ');
  return [line(heads), rule, ...rows.map(line)].join('\n');
}

function cell(row: string[], column: number): string {
  return row[column] ?? '';
}
