import { createHash } from 'node:crypto';

/** What happens once: the same for Skein and for everybody it is compared with. */
export interface Happening {
  /** Uid of a device. */
  readonly subject: string;
  readonly labels: { readonly site: string; readonly ring: string; readonly revision: string };
}

/** So many devices take turns. */
export const DEVICES = 20_000;

const uids: string[] = [];

/** The same uid for the same number, in every process. */
export function uidOf(device: number): string {
  return (uids[device] ??= createHash('sha256')
    .update(`device ${device}`)
    .digest('hex')
    .replace(/^(.{8})(.{4}).(.{3}).(.{3})(.{12}).*$/, '$1-$2-4$3-8$4-$5'));
}

/** The changes of labels from one index to another: one device after the other. */
export function happenings(from: number, count: number): Happening[] {
  return Array.from({ length: count }, (_value, offset) => {
    const index = from + offset;
    return {
      subject: uidOf(index % DEVICES),
      labels: { site: `site-${index % 100}`, ring: 'early', revision: String(index) },
    };
  });
}
