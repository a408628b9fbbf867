import { Nested, NestedList, Rule, Text, Whole } from './property.js';

const PROVIDERS = ['gitRef', 'httpRef', 'inline', 'secretRef'] as const;
const MAX_MODE = 0o7777;

export class GitRef {
  @Text({ notEmpty: true, description: 'Name of a repository.' })
  repository: string;

  @Text({ description: 'A branch, tag or commit.' })
  targetRevision: string;

  @Text({ description: 'A file or directory in the repository.' })
  path: string;
}

export class HttpRef {
  @Text({ notEmpty: true, description: 'Name of a repository.' })
  repository: string;

  @Text({ optional: true, description: "Follows the repository's URL." })
  suffix?: string;

  @Text({ notEmpty: true, description: 'Where the body lands on the device.' })
  filePath: string;
}

export class SecretRef {
  @Text({ notEmpty: true })
  name: string;

  @Text({ notEmpty: true })
  namespace: string;

  @Text({ notEmpty: true, description: 'Directory that gets one file for each key of the secret.' })
  mountPath: string;

  @Text({ optional: true })
  user?: string;

  @Text({ optional: true })
  group?: string;
}

export class InlineFile {
  @Text({ notEmpty: true, description: 'Absolute path on the device.' })
  path: string;

  @Text()
  content: string;

  @Text({ optional: true, oneOf: ['plain', 'base64'] })
  contentEncoding?: 'plain' | 'base64';

  @Whole({
    optional: true,
    min: 0,
    max: MAX_MODE,
    description: 'Permission bits; 0644 when absent.',
  })
  mode?: number;

  @Text({ optional: true })
  user?: string;

  @Text({ optional: true })
  group?: string;
}

function providerProblem(_name: unknown, item: Record<string, unknown>): string | undefined {
  const found = PROVIDERS.filter((provider) => item[provider] !== undefined);
  if (found.length === 1) return undefined;
  return `the item must have one of ${PROVIDERS.join(', ')}, and has ${found.join(', ') || 'none'}`;
}

/** One piece of configuration, from exactly one of four providers. */
export class ConfigItem {
  @Text({ notEmpty: true })
  @Rule('oneProvider', providerProblem)
  name: string;

  @Nested(() => GitRef, { optional: true })
  gitRef?: GitRef;

  @Nested(() => HttpRef, { optional: true })
  httpRef?: HttpRef;

  @NestedList(() => InlineFile, { optional: true })
  inline?: InlineFile[];

  @Nested(() => SecretRef, { optional: true })
  secretRef?: SecretRef;
}
