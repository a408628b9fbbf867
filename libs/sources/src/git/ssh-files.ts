import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { SourceError } from '../source-error.js';
import type { Credentials } from '../source.js';

export interface SshFiles {
  key?: string;
  knownHosts?: string;
  config: string;
  /** The program that answers when ssh asks for the passphrase: an argument could be read by every user. */
  askPassphrase?: string;
  remove(): Promise<void>;
}

interface Contents {
  credentials?: Credentials;
  knownHosts?: string;
  /** Makes the client's configuration out of the names of the other files. */
  configure(files: { key?: string; knownHosts?: string }): string;
}

const OWNER_ONLY = 0o600;
const OWNER_RUNS = 0o700;

/** What ssh takes as files only, in a folder of its own that is removed after the fetch. */
export async function writeSshFiles(parent: string, contents: Contents): Promise<SshFiles> {
  const { credentials = {}, knownHosts, configure } = contents;
  const key = privateKey(credentials.sshPrivateKey);
  const folder = await mkdtemp(join(parent, 'ssh-'));
  const write = async (name: string, text: string | undefined, mode = OWNER_ONLY) => {
    if (text === undefined) return undefined;
    await writeFile(join(folder, name), text, { mode });
    return join(folder, name);
  };
  const files = {
    key: await write('key', key),
    knownHosts: await write('known_hosts', knownHosts && `${knownHosts}\n`),
  };
  const passphrase = await write('passphrase', credentials.privateKeyPassphrase || undefined);
  return {
    ...files,
    config: (await write('config', configure(files)))!,
    askPassphrase: await write('ask', passphrase && answering(passphrase), OWNER_RUNS),
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}

function answering(passphraseFile: string): string {
  return `#!/bin/sh\nexec cat ${quoted(passphraseFile)}\n`;
}

/** One word for a POSIX shell. */
export function quoted(text: string): string {
  return `'${text.replaceAll("'", String.raw`'\''`)}'`;
}

/** Flight Control takes base64 of the key; people also paste the key. */
function privateKey(value: string | undefined): string | undefined {
  if (!value) return undefined;
  const text = value.includes('-----BEGIN') ? value : Buffer.from(value, 'base64').toString('utf8');
  if (/-----BEGIN [A-Z ]*PRIVATE KEY-----/.test(text))
    return `${text.replaceAll('\r', '').trim()}\n`;
  throw new SourceError('invalid', 'sshPrivateKey is neither a private key nor base64 of one');
}
