import type { ContentEncoding, DeviceSpec } from '@skein/domain-resource';
import { digestOf } from '@skein/domain-resource';

export interface RenderedFile {
  /** Absolute, without `.`, `..` or empty segments. */
  path: string;
  content: string;
  /** `plain` if the content is UTF-8 text without NUL, else `base64`. */
  contentEncoding: ContentEncoding;
  /** Permission bits. */
  mode: number;
  user?: string;
  group?: string;
}

export interface RenderedConfigItem {
  name: string;
  inline: RenderedFile[];
}

/** The spec that a device's agent fetches: parameters expanded, every config item inline. */
export interface RenderedDocument extends Omit<DeviceSpec, 'config'> {
  config: RenderedConfigItem[];
}

/** Equal for equal documents. Not for documents with secrets in them: their digest is keyed. */
export function documentDigest(document: RenderedDocument): string {
  return digestOf(document);
}
