import type { ConfigItem, FileSpec, GitConfigProvider } from '@skein/domain-resource';
import type {
  HttpConfigProvider,
  InlineConfigProvider,
  SecretConfigProvider,
} from '@skein/domain-resource';
import type { Expander } from '@skein/domain-template';
import { baseName, checkFilePath, climbs, hasParameters } from '@skein/domain-template';
import { decodeBase64, encodeContent } from './contents.js';
import type { RenderedFile } from './rendered-document.js';

const defaultMode = 0o644;
const permissionBits = 0o7777;

export interface FrozenFile {
  /**
   * Relative to the directory that the reference names. Of a reference to one
   * file: its base name, or empty.
   */
  path: string;
  /** Permission bits; the file type bits of a git mode are ignored. */
  mode: number;
  content: Buffer;
}

/** What a reference was when it was frozen. */
export interface FrozenItem {
  /** Git commit, or digest of the body or the secret. */
  revision: string;
  files: FrozenFile[];
}

/** A reference that has no content, and why. */
export interface ContentProblem {
  problem: string;
}

export interface ConfigSources {
  expander: Expander;
  /** By the name of the config item; all but inline items need one. */
  frozen: Record<string, FrozenItem | ContentProblem>;
  /** Gathers the items that have neither: nobody looks for contents while something else is wrong. */
  absent: string[];
}

function frozenFiles({ expander, frozen, absent }: ConfigSources, item: string): FrozenFile[] {
  const found = Object.hasOwn(frozen, item) ? frozen[item] : undefined;
  if (found && 'files' in found) {
    return found.files.toSorted((left, right) => (left.path < right.path ? -1 : 1));
  }
  if (found) expander.problem(item, found.problem);
  else absent.push(item);
  return [];
}

/** No content belongs to a reference that cannot be expanded: that is the problem then. */
function filesIfExpanded(
  sources: ConfigSources,
  item: string,
  expand: () => (file: FrozenFile) => RenderedFile,
): RenderedFile[] {
  const before = sources.expander.problems.length;
  const toRendered = expand();
  return sources.expander.problems.length > before
    ? []
    : frozenFiles(sources, item).map(toRendered);
}

function place(file: FrozenFile, path: string): RenderedFile {
  return { path, ...encodeContent(file.content), mode: file.mode & permissionBits };
}

function gitFiles(item: GitConfigProvider, sources: ConfigSources): RenderedFile[] {
  const { expander } = sources;
  return filesIfExpanded(sources, item.name, () => {
    expander.text(item.name, 'targetRevision', item.gitRef.targetRevision);
    const path = expander.text(item.name, 'path', item.gitRef.path);
    if (climbs(path)) expander.problem(item.name, `path "${path}" holds ".."`);
    return (file) => place(file, `/${file.path === '' ? baseName(path) : file.path}`);
  });
}

function httpFiles(item: HttpConfigProvider, sources: ConfigSources): RenderedFile[] {
  const { expander } = sources;
  const files = filesIfExpanded(sources, item.name, () => {
    expander.text(item.name, 'suffix', item.httpRef.suffix ?? '');
    const path = expander.text(item.name, 'filePath', item.httpRef.filePath);
    return (file) => place(file, path);
  });
  if (files.length > 1) expander.problem(item.name, 'an HTTP reference has only one body');
  return files;
}

function secretFiles(item: SecretConfigProvider, sources: ConfigSources): RenderedFile[] {
  const { expander } = sources;
  const { name, namespace, mountPath, user, group } = item.secretRef;
  return filesIfExpanded(sources, item.name, () => {
    expander.text(item.name, 'name', name);
    expander.text(item.name, 'namespace', namespace);
    const directory = expander.text(item.name, 'mountPath', mountPath);
    return (file) => ({
      ...place(file, `${directory}/${file.path}`),
      ...ownership({ user, group }),
    });
  });
}

function ownership({ user, group }: Pick<FileSpec, 'user' | 'group'>): Partial<RenderedFile> {
  return { ...(user !== undefined && { user }), ...(group !== undefined && { group }) };
}

/** The bytes of an inline file; base64 of a text may hold parameters, other bytes may not. */
function inlineContent(item: string, file: FileSpec, expander: Expander): Buffer {
  const isBase64 = file.contentEncoding === 'base64';
  const bytes = isBase64 ? decodeBase64(file.content) : Buffer.from(file.content);
  if (!bytes) {
    expander.problem(item, `content of ${file.path} is not base64`);
    return Buffer.alloc(0);
  }
  const { content, contentEncoding } = encodeContent(bytes);
  if (contentEncoding === 'base64' || !hasParameters(content)) return bytes;
  return Buffer.from(expander.text(item, `content of ${file.path}`, content));
}

function inlineFile(item: string, file: FileSpec, expander: Expander): RenderedFile {
  return {
    path: expander.text(item, 'path', file.path),
    ...encodeContent(inlineContent(item, file, expander)),
    mode: file.mode ?? defaultMode,
    ...ownership(file),
  };
}

function inlineFiles(
  { name, inline }: InlineConfigProvider,
  sources: ConfigSources,
): RenderedFile[] {
  return inline.map((file) => inlineFile(name, file, sources.expander));
}

function filesOf({ kind, item }: ConfigItem, sources: ConfigSources): RenderedFile[] {
  switch (kind) {
    case 'git':
      return gitFiles(item, sources);
    case 'http':
      return httpFiles(item, sources);
    case 'secret':
      return secretFiles(item, sources);
    case 'inline':
      return inlineFiles(item, sources);
  }
}

/** The files of a config item, in the order of their paths for what was frozen. */
export function configFiles(config: ConfigItem, sources: ConfigSources): RenderedFile[] {
  const { expander } = sources;
  const before = expander.problems.length;
  const files = filesOf(config, sources);
  // A text that could not be expanded has no path worth judging.
  if (expander.problems.length > before) return files;
  return files.map((file) => {
    const checked = checkFilePath(file.path);
    if ('refused' in checked) expander.problem(config.item.name, checked.refused);
    return { ...file, path: 'path' in checked ? checked.path : file.path };
  });
}
