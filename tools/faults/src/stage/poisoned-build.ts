import { rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Build, type Edit } from './build.js';

/** Uids of devices: whoever handles an event about one of them throws, or ends its process. */
export interface Poison {
  readonly throws: readonly string[];
  readonly exits: readonly string[];
}

/** What its handlers throw. */
export const thrown = 'poisoned on purpose';
/** With which its process ends. */
export const exitCode = 77;

/** Before a handler gets its events, it fails on those that are about the devices in the file. */
const edits = (file: string): readonly Edit[] => [
  {
    file: 'libs/stream/dist/stream-transport.js',
    from: /const handler = this\.messageHandlers\.get\(type\);/,
    to: 'poison(events); const handler = this.messageHandlers.get(type);',
  },
  {
    file: 'libs/stream/dist/stream-transport.js',
    from: /$(?![\s\S])/,
    to: `
import { readFileSync } from 'node:fs';
function poison(events) {
  const { throws, exits } = JSON.parse(readFileSync(${JSON.stringify(file)}, 'utf8'));
  const isAbout = (devices) => ({ event }) =>
    devices.includes(event.subject) ||
    (event.data.members ?? []).some(({ device }) => devices.includes(device));
  if (events.some(isAbout(exits))) process.exit(${exitCode});
  if (events.some(isAbout(throws))) throw new Error('${thrown}');
}
`,
  },
];

/** A copy of the build whose handlers fail on events about some devices. */
export class PoisonedBuild {
  private constructor(
    readonly build: Build,
    private readonly file: string,
  ) {}

  /** In the folder, below the workspace's own; nothing is poison yet. */
  static async copy(folder: string): Promise<PoisonedBuild> {
    const file = join(folder, 'poison.json');
    const poisoned = new PoisonedBuild(await Build.copy(folder, edits(file)), file);
    await poisoned.put({ throws: [], exits: [] });
    return poisoned;
  }

  /** From now on, this is poison. */
  async put(poison: Poison): Promise<void> {
    // At once, since it is read all the time.
    await writeFile(`${this.file}.next`, JSON.stringify(poison));
    await rename(`${this.file}.next`, this.file);
  }
}
