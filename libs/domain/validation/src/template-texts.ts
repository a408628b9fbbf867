import type {
  ApplicationSpec,
  ConfigItem,
  ConfigProvider,
  ContentEncoding,
  DeviceSpec,
} from '@skein/domain-resource';
import { classifyConfigItem } from '@skein/domain-resource';

/** A text of a spec that may hold device parameters. */
export interface TemplateText {
  /** The config item or the part of the spec that holds it. */
  item: string;
  field: string;
  text: string;
}

interface EncodedFile {
  path: string;
  content?: string;
  contentEncoding?: ContentEncoding;
}

/** The text that a content stands for; undefined if it is no text, and so holds no parameters. */
function textOf({ content, contentEncoding }: EncodedFile): string | undefined {
  if (contentEncoding !== 'base64') return content;
  const bytes = Buffer.from(content ?? '', 'base64');
  const text = bytes.toString('utf8');
  return Buffer.from(text).equals(bytes) ? text : undefined;
}

function fileTexts(item: string, file: EncodedFile): TemplateText[] {
  const content = textOf(file);
  return [
    { item, field: 'path', text: file.path },
    ...(content === undefined ? [] : [{ item, field: `content of ${file.path}`, text: content }]),
  ];
}

function configTexts(provider: ConfigProvider): TemplateText[] {
  const config = classifyConfigItem(provider);
  if (config?.kind === 'inline') {
    return config.item.inline.flatMap((file) => fileTexts(provider.name, file));
  }
  return config ? referenceTexts(config) : [];
}

/** What is fetched may depend on the device, and so may where it lands. */
function referenceTexts(config: ConfigItem): TemplateText[] {
  const texts = Object.entries(expandedOf(config));
  return texts.map(([field, text]) => ({ item: config.item.name, field, text }));
}

/** By field. */
function expandedOf({ kind, item }: ConfigItem): Record<string, string> {
  if (kind === 'git') {
    const { targetRevision, path } = item.gitRef;
    return { targetRevision, path };
  }
  if (kind === 'http') {
    const { suffix = '', filePath } = item.httpRef;
    return { suffix, filePath };
  }
  if (kind !== 'secret') return {};
  const { name, namespace, mountPath } = item.secretRef;
  return { name, namespace, mountPath };
}

function applicationTexts(application: ApplicationSpec, index: number): TemplateText[] {
  const item = `application ${application.name ?? index}`;
  const { image, inline = [], envVars = {}, volumes = [] } = application;
  const images = volumes.flatMap(({ name, image: found }) =>
    found?.reference === undefined
      ? []
      : [{ item, field: `image of volume ${name}`, text: found.reference }],
  );
  return [
    ...(image === undefined ? [] : [{ item, field: 'image', text: image }]),
    ...inline.flatMap((file) => fileTexts(item, file)),
    ...Object.entries(envVars).map(([key, text]) => ({ item, field: `variable ${key}`, text })),
    ...images,
  ];
}

/** All texts of a spec that are expanded for each device. */
export function templateTexts({ os, config = [], applications = [] }: DeviceSpec): TemplateText[] {
  return [
    ...(os?.image === undefined ? [] : [{ item: 'os', field: 'image', text: os.image }]),
    ...config.flatMap(configTexts),
    ...applications.flatMap(applicationTexts),
  ];
}
