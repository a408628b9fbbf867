import { createHash } from 'node:crypto';

/** The name of a content: `sha256:<hex>`. */
export function digestOf(content: Buffer): string {
  return `sha256:${createHash('sha256').update(content).digest('hex')}`;
}
