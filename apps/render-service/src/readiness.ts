import { Injectable } from '@nestjs/common';
import { neededReferences, type ContentProblem } from '@skein/domain-render';
import type { FrozenContent } from '@skein/events';
import type { Queryable } from '@skein/postgres';
import {
  FrozenReferences,
  isOpen,
  keyOf,
  type KnownReferences,
  type Need,
} from './frozen-references.js';
import type { PendingDevice } from './pending-devices.js';
import { TemplateVersions, type TemplateVersion } from './template-versions.js';

/** A device that can be rendered from what is in PostgreSQL. */
export interface Ready<Device extends PendingDevice = PendingDevice> {
  readonly device: Device;
  /** Null for a device without a fleet. */
  readonly template: TemplateVersion | null;
  /** By config item, what was frozen beside the template version's contents, or why it could not be. */
  readonly contents: Readonly<Record<string, FrozenContent | ContentProblem>>;
}

/** A device whose contents must be fetched first. */
export interface Asking<Device extends PendingDevice = PendingDevice> {
  readonly device: Device;
  readonly missing: readonly Need[];
}

/** How far devices are. */
export interface Standings<Device extends PendingDevice = PendingDevice> {
  readonly ready: readonly Ready<Device>[];
  readonly asking: readonly Asking<Device>[];
  /** Their template version has not arrived. */
  readonly absent: readonly Device[];
}

type Templates = ReadonlyMap<string, TemplateVersion>;

interface Needing<Device> {
  readonly device: Device;
  readonly template: TemplateVersion | null;
  readonly needs: readonly Need[];
}

function targetsOf(devices: readonly PendingDevice[]): Set<string> {
  const targets = devices.map(({ owner, target }) => (owner === null ? null : target));
  return new Set(targets.filter((target) => target !== null));
}

function needsOfOwn(device: PendingDevice): Need[] {
  const { device: holder, contentNumber: version } = device;
  const needed = neededReferences(device.spec ?? {}, device, 'device');
  return needed.map((need) => ({ ...need, holder, version }));
}

function needsOfMember(device: PendingDevice, { uid, spec, dependent }: TemplateVersion): Need[] {
  if (!dependent) return [];
  const needed = neededReferences(spec, device, 'template version');
  return needed.map((need) => ({ ...need, holder: uid, version: 0 }));
}

function needing<Device extends PendingDevice>(
  device: Device,
  templates: Templates,
): Needing<Device>[] {
  if (device.owner === null) return [{ device, template: null, needs: needsOfOwn(device) }];
  const template = templates.get(device.target ?? '');
  return template ? [{ device, template, needs: needsOfMember(device, template) }] : [];
}

function contentsOf(needs: readonly Need[], known: KnownReferences): Ready['contents'] {
  const contents = needs.map((need) => {
    const { frozen, problem } = known.get(keyOf(need))!;
    return [need.reference.item, frozen ?? { problem: problem ?? '' }] as const;
  });
  return Object.fromEntries(contents);
}

/** Tells which devices can be rendered, and what the others wait for. */
@Injectable()
export class Readiness {
  constructor(
    private readonly templates: TemplateVersions,
    private readonly references: FrozenReferences,
  ) {}

  /** @param devices of one organisation @throws MissingContent */
  async of<Device extends PendingDevice>(
    database: Queryable,
    org: string,
    devices: readonly Device[],
  ): Promise<Standings<Device>> {
    const templates = await this.templates.load(org, targetsOf(devices));
    const all = devices.flatMap((device) => needing(device, templates));
    const needs = all.flatMap((each) => each.needs);
    const known = await this.references.find(database, org, needs);
    const ready: Ready<Device>[] = [];
    const asking: Asking<Device>[] = [];
    for (const { device, template, needs: own } of all) {
      const missing = own.filter((need) => isOpen(known.get(keyOf(need)), device.dueNumber));
      if (missing.length > 0) asking.push({ device, missing });
      else ready.push({ device, template, contents: contentsOf(own, known) });
    }
    const present = new Set<PendingDevice>(all.map(({ device }) => device));
    return { ready, asking, absent: devices.filter((device) => !present.has(device)) };
  }
}
