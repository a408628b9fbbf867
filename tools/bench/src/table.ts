export type Cell = string | number;

const withThousands = new Intl.NumberFormat('en-US', { maximumFractionDigits: 2 });

function textOf(cell: Cell | undefined): string {
  return typeof cell === 'number' ? withThousands.format(cell) : (cell ?? '');
}

/** Rows in columns as wide as their widest cell; numbers stand at the right. */
export function table(heads: readonly string[], rows: readonly (readonly Cell[])[]): string {
  const widths = heads.map((head, column) =>
    Math.max(head.length, ...rows.map((row) => textOf(row[column]).length)),
  );
  const isNumeric = heads.map((_head, column) =>
    rows.some((row) => typeof row[column] === 'number'),
  );
  const line = (row: readonly Cell[]): string =>
    widths
      .map((width, column) => {
        const text = textOf(row[column]);
        return isNumeric[column] ? text.padStart(width) : text.padEnd(width);
      })
      .join('  ')
      .trimEnd();
  return [line(heads), widths.map((width) => '-'.repeat(width)).join('  '), ...rows.map(line)].join(
    '\n',
  );
}
