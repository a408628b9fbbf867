import { digestOf } from '@skein/blobs';
import { render, secretProblems, type ContentProblem, type FrozenItem } from '@skein/domain-render';
import { canonicalJson } from '@skein/domain-resource';
import type { ItemProblem } from '@skein/domain-template';
import type { FrozenContent } from '@skein/events';
import type { Bundles } from './frozen-contents.js';
import type { Ready } from './readiness.js';
import type { Document, Outcome } from './rendered.js';
import type { TemplateVersion } from './template-versions.js';

type Result = Outcome['result'];

const LONGEST_PROBLEM = 500;
/** Of what is held at a time: rendered documents that are not written yet, or contents that they are made of. */
const PORTION_BYTES = 16 * 1024 * 1024;

export function inWords(problems: readonly ItemProblem[]): string {
  const text = problems.map(({ item, message }) => `${item}: ${message}`).join('; ');
  return text.length <= LONGEST_PROBLEM ? text : `${text.slice(0, LONGEST_PROBLEM)} …`;
}

function documentOf(document: unknown): Document {
  const content = Buffer.from(canonicalJson(document));
  return { content, digest: digestOf(content) };
}

function isFrozen(content: FrozenContent | ContentProblem): content is FrozenContent {
  return 'digest' in content;
}

function itemsOf({ device, template, contents }: Ready, bundles: Bundles) {
  const own = Object.entries(contents).map(([item, content]) => {
    if (!isFrozen(content)) return [item, content] as const;
    const files = bundles.get(content.digest)!;
    return [item, { revision: content.revision, files }] as const;
  });
  const items: Record<string, FrozenItem | ContentProblem> = Object.fromEntries(own);
  return template
    ? { ...template.frozen, ...items }
    : { ...secretProblems(device.spec ?? {}), ...items };
}

function resultFor(ready: Ready, bundles: Bundles): Result {
  const { name, labels, spec } = ready.device;
  const rendered = render({
    device: { name, labels },
    spec: ready.template?.spec ?? spec ?? {},
    frozen: itemsOf(ready, bundles),
  });
  if ('problems' in rendered) return { problem: inWords(rendered.problems) };
  return documentOf(rendered.document);
}

/** Renders devices one after the other, each from its template version or, without one, from its own spec. */
export function* renderAll(devices: Iterable<Ready>, bundles: Bundles): Generator<Outcome> {
  const same = new Map<TemplateVersion | null, Result>();
  for (const ready of devices) {
    const { device, template } = ready;
    const result = same.get(template) ?? resultFor(ready, bundles);
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
    bytes += result.content.length;
    if (bytes < PORTION_BYTES) continue;
    yield portion;
    [portion, held, bytes] = [[], new Set(), 0];
  }
  if (portion.length > 0) yield portion;
}
