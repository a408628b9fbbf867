/** A path in its one form, or why it is refused. */
export type CheckedPath = { path: string } | { refused: string };

/** Checks the absolute path of a file on a device, and drops empty and `.` segments. */
export function checkFilePath(path: string): CheckedPath {
  if (!path.startsWith('/')) return { refused: `path "${path}" is not absolute` };
  if (path.includes('\0')) return { refused: `path ${JSON.stringify(path)} holds a NUL` };
  const segments = path.split('/');
  if (segments.includes('..')) return { refused: `path "${path}" holds ".."` };
  if (['', '.'].includes(segments.at(-1) ?? '')) return { refused: `path "${path}" names no file` };
  return { path: `/${segments.filter((segment) => segment !== '' && segment !== '.').join('/')}` };
}

/** Whether a path holds a `..` segment, with which it could leave the place it is meant for. */
export function climbs(path: string): boolean {
  return path.split('/').includes('..');
}

export function baseName(path: string): string {
  return path.split('/').findLast((segment) => segment !== '') ?? '';
}
