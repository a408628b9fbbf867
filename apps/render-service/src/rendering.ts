import { digestOf } from '@skein/blobs';
import { render, type FrozenItem } from '@skein/domain-render';
import { canonicalJson, type DeviceSpec } from '@skein/domain-resource';
import type { ItemProblem } from '@skein/domain-template';
import type { PendingDevice } from './pending-devices.js';
import type { Document, Outcome } from './rendered.js';
import type { TemplateVersion } from './template-versions.js';

type Result = Outcome['result'];

const LONGEST_PROBLEM = 500;
/** Rendered documents that are held before they are written. */
const PORTION_BYTES = 16 * 1024 * 1024;

export function inWords(problems: readonly ItemProblem[]): string {
  const text = problems.map(({ item, message }) => `${item}: ${message}`).join('; ');
  return text.length <= LONGEST_PROBLEM ? text : `${text.slice(0, LONGEST_PROBLEM)} …`;
}

function documentOf(document: unknown): Document {
  const content = Buffer.from(canonicalJson(document));
  return { content, digest: digestOf(content) };
}

/** Renders a spec for one device. */
export function renderFor(
  { name, labels }: PendingDevice,
  spec: DeviceSpec,
  frozen: Record<string, FrozenItem>,
): Result {
  const rendered = render({ device: { name, labels }, spec, frozen });
  if ('problems' in rendered) return { problem: inWords(rendered.problems) };
  return documentOf(rendered.document);
}

type Templates = ReadonlyMap<string, TemplateVersion>;

function templateOf(
  { owner, target }: PendingDevice,
  templates: Templates,
): TemplateVersion | null {
  return owner === null || target === null ? null : (templates.get(target) ?? null);
}

/** Renders devices one after the other, each from its template version or, without one, from its own spec. */
export function* renderAll(
  devices: Iterable<PendingDevice>,
  templates: Templates,
): Generator<Outcome> {
  const same = new Map<TemplateVersion | null, Result>();
  for (const device of devices) {
    const template = templateOf(device, templates);
    const { spec, frozen } = template ?? { spec: device.spec ?? {}, frozen: {} };
    const result = same.get(template) ?? renderFor(device, spec, frozen);
    if (template?.uniform) same.set(template, result);
    yield { device, template, result };
  }
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
