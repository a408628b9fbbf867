/** Compiles the project in the working directory from src/ to dist/ with swc; other files are copied. */
import { cp, mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { transformFile } from '@swc/core';
import { compiler } from './compiler.mjs';

const source = join(process.cwd(), 'src');
const target = join(process.cwd(), 'dist');

async function compile(file, destination) {
  const { code, map } = await transformFile(file, { ...compiler, sourceMaps: true });
  const output = destination.replace(/\.ts$/, '.js');
  await writeFile(
    output,
    `${code}\n//# sourceMappingURL=${relative(dirname(output), output)}.map\n`,
  );
  await writeFile(`${output}.map`, map);
}

await rm(target, { recursive: true, force: true });
const entries = await readdir(source, { recursive: true, withFileTypes: true });
const files = entries
  .filter((entry) => entry.isFile() && !entry.name.endsWith('.spec.ts'))
  .map((entry) => join(entry.parentPath, entry.name));
for (const file of files) {
  const destination = join(target, relative(source, file));
  await mkdir(dirname(destination), { recursive: true });
  await (file.endsWith('.ts') ? compile(file, destination) : cp(file, destination));
}
