import { randomBytes } from 'node:crypto';
import { link, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/**
 * The key that seals credentials, base64 of 32 bytes: drawn on first use, and the same ever after, since what is
 * in the database was sealed with it. Nobody else may read its file.
 */
export async function sealingKey(folder: string): Promise<string> {
  const file = join(folder, 'sealing.key');
  const found = await readFile(file, 'utf8').catch(() => undefined);
  if (found !== undefined) return found.trim();
  await mkdir(folder, { recursive: true });
  const draft = `${file}.${randomBytes(6).toString('hex')}`;
  await writeFile(draft, `${randomBytes(32).toString('base64')}\n`, { mode: 0o600 });
  // Linking never replaces: of two that start at once, one key stands.
  await link(draft, file).catch(() => undefined);
  await rm(draft);
  return (await readFile(file, 'utf8')).trim();
}
