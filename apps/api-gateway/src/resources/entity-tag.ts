import { hash } from 'node:crypto';
import type { ObjectMeta } from '@skein/api';

/** A resource as a read answers it. */
export interface Shown {
  readonly metadata: ObjectMeta;
  readonly spec?: object;
}

const DIGITS = 16;

/** Of the text that is answered: what is stored has one order, and is shown in one. */
function digest(value: unknown): string {
  return hash('sha256', JSON.stringify(value)).slice(0, DIGITS);
}

/**
 * What a write can change: the generation, since a secret changes behind its mask; labels, which no generation counts;
 * and when it was made, since one of the same name that is made anew starts at the same generation.
 */
function stateTag({ metadata, spec }: Shown): string {
  const { generation, labels, creationTimestamp } = metadata;
  return `${generation}.${digest({ labels, creationTimestamp, spec })}`;
}

/**
 * A strong tag: it changes with everything that is shown, the resourceVersion among it. Its part up to the dash changes
 * with what a write can change, and with nothing else.
 */
export function entityTag(shown: Shown): string {
  return `"${stateTag(shown)}-${digest(shown)}"`;
}

function tagsIn(header: string): string[] {
  return header.split(',').map((tag) => tag.trim());
}

/** Whether If-None-Match names just what is shown. */
export function isKnown(header: string, shown: Shown): boolean {
  const tag = entityTag(shown);
  return tagsIn(header).some((known) => known === '*' || known.replace(/^W\//, '') === tag);
}

/**
 * Whether If-Match names the state that is there. What others say of the resource, such as a device's reports, is left
 * out: no write changes it, so none can lose it, and a write would hardly ever meet it unchanged.
 */
export function isCurrent(header: string, shown: Shown): boolean {
  const state = `"${stateTag(shown)}-`;
  return tagsIn(header).some((tag) => tag === '*' || (tag.startsWith(state) && tag.endsWith('"')));
}
