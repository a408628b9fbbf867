import { Device, readBody } from '@skein/api';
import { labelsProblems, nameProblems } from '@skein/domain-resource';
import { Refusal, refuse } from './refusal.js';

const MAX_SPEC_BYTES = 60 * 1_024;

function isTextMap(value: unknown): value is Record<string, string> {
  const isObject = value !== null && typeof value === 'object';
  return isObject && Object.values(value).every((text) => typeof text === 'string');
}

function repeatedNames(spec: { config?: unknown } | undefined): string[] {
  if (!Array.isArray(spec?.config)) return [];
  const names = spec.config.map((item: { name?: unknown } | null) => item?.name);
  return names.flatMap((name, index) =>
    typeof name !== 'string' || names.indexOf(name) === index
      ? []
      : [`spec.config[${index}].name: ${name} is the name of an item before it`],
  );
}

function meaningProblems({ metadata, spec }: Partial<Device>): string[] {
  const { name, labels } = (metadata ?? {}) as { name?: unknown; labels?: unknown };
  const names = typeof name === 'string' ? nameProblems(name) : [];
  const labelled = isTextMap(labels) ? labelsProblems(labels) : [];
  return [
    ...names.map((problem) => `metadata.name: ${problem}`),
    ...labelled.map((problem) => `metadata.labels: ${problem}`),
    ...repeatedNames(spec),
  ];
}

/**
 * The classes of the gateway, and its rules.
 * @throws Refusal naming everything that is wrong
 */
export function deviceIn(body: unknown): Device {
  const { resource, problems } = readBody(Device, body);
  refuse([...problems, ...meaningProblems(body ?? {})]);
  const size = Buffer.byteLength(JSON.stringify(resource.spec ?? {}));
  if (size <= MAX_SPEC_BYTES) return resource;
  throw new Refusal(413, `spec: has ${size} bytes as JSON, and may have ${MAX_SPEC_BYTES}`);
}
