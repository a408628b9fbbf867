import { randomBytes } from 'node:crypto';
import { link, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** 32 random bytes in a file: drawn on first use, and the same ever after. Nobody else may read it. */
async function keptSecret(folder: string, name: string, encoding: 'base64' | 'hex') {
  const file = join(folder, name);
  const found = await readFile(file, 'utf8').catch(() => undefined);
  if (found !== undefined) return found.trim();
  await mkdir(folder, { recursive: true });
  const draft = `${file}.${randomBytes(6).toString('hex')}`;
  await writeFile(draft, `${randomBytes(32).toString(encoding)}\n`, { mode: 0o600 });
  // Linking never replaces: of two that start at once, one secret stands.
  await link(draft, file).catch(() => undefined);
  await rm(draft);
  return (await readFile(file, 'utf8')).trim();
}

/** The key that seals credentials: what is in the database was sealed with it. */
export function sealingKey(folder: string): Promise<string> {
  return keptSecret(folder, 'sealing.key', 'base64');
}

/** Its name in the folder. */
export const API_TOKEN_FILE = 'api.token';

/** The token of whoever may do everything through the API. */
export function apiToken(folder: string): Promise<string> {
  return keptSecret(folder, API_TOKEN_FILE, 'hex');
}
