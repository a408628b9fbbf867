import { readBody, type Device, type Fleet, type Repository } from '@skein/api';
import { labelsProblems, nameProblems, selectorProblems } from '@skein/domain-resource';
import { RefusedRequest } from './refused-request.js';

type Problems = readonly string[];
/** A body as it came: of any shape. */
type Loose = { readonly [key: string]: unknown } | undefined;

function member(value: unknown, key: string): unknown {
  return value !== null && typeof value === 'object'
    ? (value as Record<string, unknown>)[key]
    : undefined;
}

function at(path: string, problems: Problems): string[] {
  return problems.map((problem) => `${path}: ${problem}`);
}

function isTextMap(value: unknown): value is Record<string, string> {
  return (
    value !== null &&
    typeof value === 'object' &&
    Object.values(value).every((text) => typeof text === 'string')
  );
}

function metadataProblems(body: Loose): string[] {
  const metadata = member(body, 'metadata');
  const [name, labels] = [member(metadata, 'name'), member(metadata, 'labels')];
  return [
    ...(typeof name === 'string' ? at('metadata.name', nameProblems(name)) : []),
    ...(isTextMap(labels) ? at('metadata.labels', labelsProblems(labels)) : []),
  ];
}

function repeatedNames(path: string, spec: unknown): string[] {
  const items = member(spec, 'config');
  if (!Array.isArray(items)) return [];
  const names = items.map((item) => member(item, 'name'));
  return names.flatMap((name, index) => {
    if (typeof name !== 'string' || names.indexOf(name) === index) return [];
    return [`${path}.config[${index}].name: ${name} is the name of an item before it`];
  });
}

function selectorProblemsAt(path: string, selector: unknown): string[] {
  const expressions: unknown = member(selector, 'matchExpressions') ?? [];
  const labels = member(selector, 'matchLabels') ?? {};
  const readable =
    isTextMap(labels) &&
    Array.isArray(expressions) &&
    expressions.every((one) => typeof member(one, 'key') === 'string');
  return readable ? at(path, selectorProblems(selector ?? {})) : [];
}

function deviceProblems(body: Loose): string[] {
  return [...metadataProblems(body), ...repeatedNames('spec', member(body, 'spec'))];
}

function fleetProblems(body: Loose): string[] {
  const spec = member(body, 'spec');
  const template = member(spec, 'template');
  const templateLabels = member(member(template, 'metadata'), 'labels');
  const batches: unknown = member(
    member(member(spec, 'rolloutPolicy'), 'deviceSelection'),
    'sequence',
  );
  const policy = 'spec.rolloutPolicy.deviceSelection.sequence';
  return [
    ...metadataProblems(body),
    ...selectorProblemsAt('spec.selector', member(spec, 'selector')),
    ...(isTextMap(templateLabels)
      ? at('spec.template.metadata.labels', labelsProblems(templateLabels))
      : []),
    ...repeatedNames('spec.template.spec', member(template, 'spec')),
    ...(Array.isArray(batches) ? batches : []).flatMap((batch, index) =>
      selectorProblemsAt(`${policy}[${index}].selector`, member(batch, 'selector')),
    ),
  ];
}

/** One judge for each kind: the shape is read by the class, the meaning by the rules of the domain. */
const judges = { Device: deviceProblems, Fleet: fleetProblems, Repository: metadataProblems };

type Checked = Device | Fleet | Repository;

/**
 * Reads a body as a resource.
 * @throws RefusedRequest naming everything that is wrong with it
 */
export function check<Resource extends Checked>(type: new () => Resource, body: unknown): Resource {
  const { resource, problems } = readBody(type, body);
  const meaning = judges[type.name as keyof typeof judges](body as Loose);
  const all = [...problems, ...meaning];
  if (all.length > 0) throw new RefusedRequest('invalid', all.join('; '));
  return resource;
}
