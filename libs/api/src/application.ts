import { Nested, NestedList, Open, Rule, Text, TextList, TextMap } from './property.js';

export const APPLICATION_TYPES = ['compose', 'quadlet', 'container', 'helm', 'vm'] as const;
const CONTENTS = ['image', 'catalogItemRef', 'inline'] as const;

export class CatalogItemRef {
  @Text()
  catalog: string;

  @Text()
  item: string;

  @Text()
  version: string;

  @Text({ optional: true })
  channel?: string;
}

export class ImageOrCatalogItem {
  @Text({ optional: true, description: 'Reference of an OCI image.' })
  image?: string;

  @Nested(() => CatalogItemRef, { optional: true })
  catalogItemRef?: CatalogItemRef;
}

export class ApplicationFile {
  @Text({ notEmpty: true, description: "Relative to the application's directory." })
  path: string;

  @Text({ optional: true })
  content?: string;

  @Text({ optional: true, oneOf: ['plain', 'base64'] })
  contentEncoding?: 'plain' | 'base64';
}

export class VolumeImage {
  @Text({ optional: true })
  reference?: string;

  @Nested(() => CatalogItemRef, { optional: true })
  catalogItemRef?: CatalogItemRef;

  @Text({ optional: true, oneOf: ['Always', 'IfNotPresent', 'Never'] })
  pullPolicy?: string;
}

export class VolumeMount {
  @Text()
  path: string;
}

export class ApplicationVolume {
  @Text({ notEmpty: true })
  @Rule('imageOrMount', (_name, { image, mount }) =>
    (image ?? mount) ? undefined : 'the volume must have image or mount',
  )
  name: string;

  @Text({ optional: true, oneOf: ['Retain'] })
  reclaimPolicy?: string;

  @Nested(() => VolumeImage, { optional: true })
  image?: VolumeImage;

  @Nested(() => VolumeMount, { optional: true })
  mount?: VolumeMount;
}

export class ResourceLimits {
  @Text({ optional: true })
  cpu?: string;

  @Text({ optional: true })
  memory?: string;
}

export class ApplicationResources {
  @Nested(() => ResourceLimits, { optional: true })
  limits?: ResourceLimits;
}

const IMAGE = ['image', 'catalogItemRef'];
/** What an application of each type has besides its name and type. */
const membersOf: Readonly<Record<string, readonly string[]>> = {
  compose: [...IMAGE, 'inline', 'envVars', 'volumes'],
  quadlet: [...IMAGE, 'inline', 'envVars', 'volumes', 'runAs'],
  container: [...IMAGE, 'envVars', 'volumes', 'runAs', 'ports', 'resources'],
  helm: [...IMAGE, 'namespace', 'values', 'valuesFiles'],
  vm: ['inline', 'publishPorts'],
};

function misplacedProblem(type: unknown, application: Record<string, unknown>): string | undefined {
  const members = membersOf[String(type)];
  const misplaced = Object.keys(application).filter(
    (name) =>
      !['name', 'appType'].includes(name) &&
      application[name] !== undefined &&
      !members?.includes(name),
  );
  if (!members || misplaced.length === 0) return undefined;
  return `an application of type ${String(type)} has no ${misplaced.join(', ')}`;
}

function contentProblem(_type: unknown, application: Record<string, unknown>): string | undefined {
  const found = CONTENTS.filter((member) => application[member] !== undefined);
  if (found.length === 1) return undefined;
  return `the application must have one of ${CONTENTS.join(', ')}, and has ${found.join(', ') || 'none'}`;
}

/** Something that runs on the device. */
export class Application extends ImageOrCatalogItem {
  @Text({ optional: true })
  name?: string;

  @Text({ oneOf: APPLICATION_TYPES })
  @Rule('oneContent', contentProblem)
  @Rule('fittingMembers', misplacedProblem)
  appType: (typeof APPLICATION_TYPES)[number];

  @NestedList(() => ApplicationFile, { optional: true })
  inline?: ApplicationFile[];

  @TextMap({ optional: true })
  envVars?: Record<string, string>;

  @NestedList(() => ApplicationVolume, { optional: true })
  volumes?: ApplicationVolume[];

  @Text({ optional: true })
  runAs?: string;

  @TextList({ optional: true, pattern: /^\d+:\d+$/ })
  ports?: string[];

  @Nested(() => ApplicationResources, { optional: true })
  resources?: ApplicationResources;

  @Text({ optional: true })
  namespace?: string;

  @Open({ optional: true, description: 'Values for a Helm chart.' })
  values?: Record<string, unknown>;

  @TextList({ optional: true })
  valuesFiles?: string[];

  @TextList({ optional: true, pattern: /^[0-9]+:[0-9]+(\/(tcp|udp|sctp))?$/ })
  publishPorts?: string[];
}
