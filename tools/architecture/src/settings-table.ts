import 'reflect-metadata';
import { tmpdir } from 'node:os';
import {
  Credential,
  InvalidConfiguration,
  readConfig,
  settingsOf,
  type Setting,
} from '@skein/config';

export type ConfigType = new () => object;

/** What each app reads, by the app's folder. */
export type Readers = ReadonlyMap<string, ConfigType>;

const head = ['Variable', 'Default', 'Read by', 'What it is'];

function missingIn(type: ConfigType): string {
  try {
    readConfig(type, {});
    return '';
  } catch (error) {
    if (error instanceof InvalidConfiguration) return error.problems.join('\n');
    throw error;
  }
}

function defaultOf(type: ConfigType, { property, variable }: Setting): string {
  if (missingIn(type).includes(`${variable} `)) return '**required**';
  const value: unknown = Reflect.get(new type(), property);
  const text = Array.isArray(value) ? value.join(',') : String(value ?? '');
  return text === '' ? '' : `\`${text.replace(tmpdir(), '<temporary folder>')}\``;
}

function descriptionOf(type: ConfigType, { property, description }: Setting): string {
  const kind: unknown = Reflect.getMetadata('design:type', type.prototype as object, property);
  return kind === Credential ? `${description} ⟳` : description;
}

function readBy(variable: string, readers: Readers): string {
  const apps = [...readers].filter(([, type]) =>
    settingsOf(type).some((setting) => setting.variable === variable),
  );
  const without = [...readers.keys()].filter((app) => !apps.some(([name]) => name === app));
  if (without.length === 0) return 'all';
  if (without.length === 1) return `all but ${without[0]}`;
  return apps.map(([app]) => app).join(', ');
}

/** The table of all settings, as docs/configuration.md has it; those that most read come first. */
export function settingsTable(readers: Readers): string {
  const rows = new Map<string, string[]>();
  for (const type of readers.values()) {
    for (const setting of settingsOf(type)) {
      const { variable } = setting;
      if (rows.has(variable)) continue;
      const cells = [defaultOf(type, setting), readBy(variable, readers)];
      rows.set(variable, [`\`${variable}\``, ...cells, descriptionOf(type, setting)]);
    }
  }
  const rank = ([, , by = '']: string[]) => (by.startsWith('all') ? by.length : 100);
  const sorted = [...rows.values()].sort((one, other) => rank(one) - rank(other));
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...sorted.map(line)].join('\n');
}
