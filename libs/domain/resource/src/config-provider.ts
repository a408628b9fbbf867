export type ContentEncoding = 'plain' | 'base64';

export interface FileSpec {
  /** Absolute path on the device. */
  path: string;
  content: string;
  /** `plain` when absent. */
  contentEncoding?: ContentEncoding;
  /** Permission bits, 0o644 when absent. */
  mode?: number;
  /** Name or number, `root` when absent. */
  user?: string;
  group?: string;
}

export interface GitConfigProvider {
  name: string;
  gitRef: { repository: string; targetRevision: string; path: string };
}

export interface HttpConfigProvider {
  name: string;
  /** `suffix` follows the repository's URL; `filePath` is where the body lands on the device. */
  httpRef: { repository: string; suffix?: string; filePath: string };
}

export interface InlineConfigProvider {
  name: string;
  inline: FileSpec[];
}

export interface SecretConfigProvider {
  name: string;
  secretRef: {
    name: string;
    namespace: string;
    /** Directory on the device that gets one file per key of the secret. */
    mountPath: string;
    user?: string;
    group?: string;
  };
}

export type ConfigProvider =
  GitConfigProvider | HttpConfigProvider | InlineConfigProvider | SecretConfigProvider;

export type ConfigItem =
  | { kind: 'git'; item: GitConfigProvider }
  | { kind: 'http'; item: HttpConfigProvider }
  | { kind: 'inline'; item: InlineConfigProvider }
  | { kind: 'secret'; item: SecretConfigProvider };

export type ConfigItemKind = ConfigItem['kind'];

const kindOfProperty = new Map<string, ConfigItemKind>([
  ['gitRef', 'git'],
  ['httpRef', 'http'],
  ['inline', 'inline'],
  ['secretRef', 'secret'],
]);

/** The kind of a config item; undefined when it has none or several of the providers. */
export function configItemKind(item: ConfigProvider): ConfigItemKind | undefined {
  const found = Object.entries(item)
    .filter(([, value]) => value !== undefined && value !== null)
    .map(([property]) => kindOfProperty.get(property))
    .filter((kind) => kind !== undefined);
  return found.length === 1 ? found[0] : undefined;
}

/** A config item together with its kind, so that a `switch` narrows it. */
export function classifyConfigItem(item: ConfigProvider): ConfigItem | undefined {
  const kind = configItemKind(item);
  return kind && ({ kind, item } as ConfigItem);
}
