import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Edit } from './build.js';
import type { Service } from './service.js';

/** Where a service kills itself (SIGKILL), once, when it is told to. */
export interface KillPoint {
  readonly name: string;
  /** In words, after "killed". */
  readonly where: string;
  readonly edit: Edit;
}

const variable = 'SKEIN_FAULTS_KILL';
const hitWithinMs = 30_000;

/** Takes the file away first, so that it happens once. */
const statement = (name: string): string => `
  const files = process.getBuiltinModule('node:fs'), file = process.env.${variable} + '.${name}';
  if (files.existsSync(file)) { files.rmSync(file); process.kill(process.pid, 'SIGKILL'); }`;

/** A point before the text that is found in a compiled file. */
function before(name: string, where: string, place: Pick<Edit, 'file' | 'from'>): KillPoint {
  return { name, where, edit: { ...place, to: `{${statement(name)} } $&` } };
}

export const committed = before('committed', 'after it committed, before anybody knows', {
  file: 'libs/event-log/dist/event-log.js',
  from: /if \(appended\.length > 0\) this\.announce\(\);/,
});
export const numbered = before('numbered', 'after it numbered, before it published', {
  file: 'apps/replayer/dist/numbering/numbering.js',
  from: /if \(positions\.length > 0\) numbered\(\);/,
});
export const published = before('published', 'after it published to one stream of several', {
  file: 'apps/replayer/dist/publishing/publisher.js',
  from: /this\.settings\.tally\?\.add\(events\);/,
});
export const writing = before('writing', 'in the middle of a batch, with rows written', {
  file: 'libs/task/dist/handling.js',
  from: /await this\.log\.append\(batch\.transaction, caused/,
});
export const handled = before('handled', 'after it committed a batch, before it acknowledged it', {
  file: 'libs/stream/dist/consume-loop.js',
  from: /await this\.settings\.reader\.acknowledge\(entries\);/,
});

export const killPoints = [committed, numbered, published, writing, handled] as const;

/** Settings of a service of the edited build. */
export function settingsFor(folder: string, service: string): NodeJS.ProcessEnv {
  return { [variable]: join(folder, `kill-${service}`) };
}

/**
 * Resolves when the service has killed itself there.
 * @throws when it does not come there in time
 */
export async function killAt(service: Service, folder: string, { name }: KillPoint): Promise<void> {
  const file = `${settingsFor(folder, service.name)[variable]}.${name}`;
  await writeFile(file, '');
  try {
    await service.ended(AbortSignal.timeout(hitWithinMs));
  } catch (error) {
    throw new Error(`${service.name} did not come to the point "${name}"`, { cause: error });
  } finally {
    await rm(file, { force: true });
  }
}
