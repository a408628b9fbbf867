import { readFileSync } from 'node:fs';
import { validateSync } from 'class-validator';
import { Credential } from './credential.js';
import { settingsOf, type Setting } from './setting.js';

export type Environment = Readonly<Record<string, string | undefined>>;

/** Everything that is wrong with the settings, all at once. */
export class InvalidConfiguration extends Error {
  constructor(readonly problems: readonly string[]) {
    super(`the settings are not valid:\n${problems.map((problem) => `  - ${problem}`).join('\n')}`);
  }
}

function textOf({ variable }: Setting, environment: Environment): string | undefined {
  const file = environment[`${variable}_FILE`];
  if (file) return readFileSync(file, 'utf8').trim();
  const value = environment[variable];
  return value === undefined || value === '' ? undefined : value;
}

function credentialOf({ variable }: Setting, environment: Environment): Credential | undefined {
  const file = environment[`${variable}_FILE`];
  if (file) return Credential.inFile(file);
  const value = environment[variable];
  return value ? Credential.of(value) : undefined;
}

const readers = new Map<unknown, (text: string) => unknown>([
  [Number, (text) => Number(text)],
  [Boolean, (text) => ({ true: true, false: false })[text.toLowerCase()] ?? text],
  [
    Array,
    (text) =>
      text
        .split(',')
        .map((part) => part.trim())
        .filter(Boolean),
  ],
]);

function valueOf(target: object, setting: Setting, environment: Environment): unknown {
  const type: unknown = Reflect.getMetadata('design:type', target, setting.property);
  if (type === Credential) return credentialOf(setting, environment);
  const text = textOf(setting, environment);
  const read = readers.get(type) ?? ((value: string) => value);
  return text === undefined ? undefined : read(text);
}

function assign(target: object, setting: Setting, environment: Environment): string[] {
  try {
    const value = valueOf(target, setting, environment);
    if (value !== undefined) Object.assign(target, { [setting.property]: value });
    return [];
  } catch (error) {
    return [`${setting.variable}_FILE cannot be read: ${(error as Error).message}`];
  }
}

function violations(target: object, settings: readonly Setting[]): string[] {
  return validateSync(target).flatMap(({ property, constraints }) => {
    const setting = settings.find((candidate) => candidate.property === property);
    return Object.values(constraints ?? {}).map(
      (message) =>
        `${message.replace(property, setting?.variable ?? property)} (${setting?.description ?? ''})`,
    );
  });
}

/**
 * Reads a configuration class from the environment.
 * @throws InvalidConfiguration naming every setting that is missing or wrong
 */
export function readConfig<Config extends object>(
  type: new () => Config,
  environment: Environment = process.env,
): Config {
  const config = new type();
  const settings = settingsOf(type);
  const unreadable = settings.flatMap((setting) => assign(config, setting, environment));
  const problems = unreadable.length > 0 ? unreadable : violations(config, settings);
  if (problems.length > 0) throw new InvalidConfiguration(problems);
  return config;
}
