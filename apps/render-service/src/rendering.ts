import { digestOf, keyedDigestOf, type Content } from '@skein/blobs';
import { render, type ContentProblem, type FrozenItem } from '@skein/domain-render';
import { canonicalJson, type DeviceSpec } from '@skein/domain-resource';
import { holdsSecrets, type ItemProblem } from '@skein/domain-template';
import type { FrozenContent } from '@skein/events';
import type { Bundles } from './frozen-contents.js';
import type { Ready } from './readiness.js';
import type { Outcome } from './rendered.js';
import type { TemplateVersion } from './template-versions.js';

type Result = Outcome['result'];

const LONGEST_PROBLEM = 500;
/** Of what is held at a time: rendered documents that are not written yet, or contents that they are made of. */
const PORTION_BYTES = 16 * 1024 * 1024;

export function inWords(problems: readonly ItemProblem[]): string {
  const text = problems.map(({ item, message }) => `${item}: ${message}`).join('; ');
  return text.length <= LONGEST_PROBLEM ? text : `${text.slice(0, LONGEST_PROBLEM)} …`;
}

/** What devices are rendered with. */
export interface Materials {
  readonly bundles: Bundles;
  /** For the digests of documents that hold secrets; undefined when none of them does. */
  readonly digestKey: Buffer | undefined;
}

function specOf({ device, template }: Ready): DeviceSpec {
  return template?.spec ?? device.spec ?? {};
}

/** Whether the device's document holds a secret, and so is one. */
export function isSecret(ready: Ready): boolean {
  return ready.template?.secret ?? holdsSecrets(specOf(ready));
}

function documentOf(document: unknown, key: Buffer | undefined): Content {
  const bytes = Buffer.from(canonicalJson(document));
  return { bytes, digest: key ? keyedDigestOf(key, bytes) : digestOf(bytes) };
}

function isFrozen(content: FrozenContent | ContentProblem): content is FrozenContent {
  return 'digest' in content;
}

function itemsOf({ template, contents }: Ready, bundles: Bundles) {
  const own = Object.entries(contents).map(([item, content]) => {
    if (!isFrozen(content)) return [item, content] as const;
    const files = bundles.get(content.digest)!;
    return [item, { revision: content.revision, files }] as const;
  });
  const items: Record<string, FrozenItem | ContentProblem> = Object.fromEntries(own);
  return { ...template?.frozen, ...items };
}

function resultFor(ready: Ready, { bundles, digestKey }: Materials): Result {
  const { name, labels } = ready.device;
  const rendered = render({
    device: { name, labels },
    spec: specOf(ready),
    frozen: itemsOf(ready, bundles),
  });
  if ('problems' in rendered) return { problem: inWords(rendered.problems) };
  return documentOf(rendered.document, isSecret(ready) ? digestKey : undefined);
}

/** Renders devices one after the other, each from its template version or, without one, from its own spec. */
export function* renderAll(devices: Iterable<Ready>, materials: Materials): Generator<Outcome> {
  const same = new Map<TemplateVersion | null, Result>();
  for (const ready of devices) {
    const { device, template } = ready;
    const result = same.get(template) ?? resultFor(ready, materials);
    if (template?.uniform) same.set(template, result);
    yield { device, template, result };
  }
}

/** Those contents of devices that are not their template version's. */
export function ownContents(devices: readonly Ready[]): FrozenContent[] {
  return devices.flatMap(({ contents }) => Object.values(contents).filter(isFrozen));
}

/** What is rendered together: bounded in the bytes of own contents, with equal ones counted once. */
export function* groupsOf(devices: Iterable<Ready>): Generator<Ready[]> {
  let group: Ready[] = [];
  let held = new Set<string>();
  let bytes = 0;
  for (const ready of devices) {
    const added = ownContents([ready]).filter(({ digest }) => !held.has(digest));
    const size = added.reduce((sum, content) => sum + content.size, 0);
    if (bytes + size > PORTION_BYTES && group.length > 0) {
      yield group;
      [group, held, bytes] = [[], new Set(), 0];
    }
    group.push(ready);
    for (const { digest } of ownContents([ready])) held.add(digest);
    bytes += size;
  }
  if (group.length > 0) yield group;
}

/** What is written together: bounded in bytes, with equal documents counted once. */
export function* portionsOf(outcomes: Iterable<Outcome>): Generator<Outcome[]> {
  let portion: Outcome[] = [];
  let held = new Set<string>();
  let bytes = 0;
  for (const outcome of outcomes) {
    portion.push(outcome);
    const { result } = outcome;
    if ('problem' in result || held.has(result.digest)) continue;
    held.add(result.digest);
    bytes += result.bytes.length;
    if (bytes < PORTION_BYTES) continue;
    yield portion;
    [portion, held, bytes] = [[], new Set(), 0];
  }
  if (portion.length > 0) yield portion;
}
