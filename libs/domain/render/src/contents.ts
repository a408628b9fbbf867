import type { ContentEncoding } from '@skein/domain-resource';

export interface EncodedContent {
  content: string;
  contentEncoding: ContentEncoding;
}

/** Text stays text; what no JSON document or database takes as text becomes base64. */
export function encodeContent(content: Buffer): EncodedContent {
  const text = content.toString('utf8');
  return Buffer.from(text).equals(content) && !content.includes(0)
    ? { content: text, contentEncoding: 'plain' }
    : { content: content.toString('base64'), contentEncoding: 'base64' };
}

/** The bytes that a base64 text stands for; undefined if it is not base64. Line ends are allowed. */
export function decodeBase64(text: string): Buffer | undefined {
  const packed = text.replace(/[\r\n]/g, '');
  const bytes = Buffer.from(packed, 'base64');
  return bytes.toString('base64') === packed ? bytes : undefined;
}
