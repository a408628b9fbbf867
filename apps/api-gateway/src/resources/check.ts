import { readBody, type Device, type Fleet, type Repository } from '@skein/api';
import { durationMs, labelsProblems, nameProblems, selectorProblems } from '@skein/domain-resource';
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

function isReadable(expression: unknown): boolean {
  const words = [member(expression, 'key'), member(expression, 'operator')];
  const { values = [] } = (expression ?? {}) as { values?: unknown };
  return Array.isArray(values) && [...words, ...values].every((one) => typeof one === 'string');
}

function selectorProblemsAt(path: string, selector: unknown): string[] {
  const expressions: unknown = member(selector, 'matchExpressions') ?? [];
  const labels = member(selector, 'matchLabels') ?? {};
  const readable = isTextMap(labels) && Array.isArray(expressions) && expressions.every(isReadable);
  return readable ? at(path, selectorProblems(selector ?? {})) : [];
}

function deviceProblems(body: Loose): string[] {
  return [...metadataProblems(body), ...repeatedNames('spec', member(body, 'spec'))];
}

function timeoutProblems(timeout: unknown): string[] {
  if (typeof timeout !== 'string' || durationMs(timeout) !== undefined) return [];
  return ['must be a duration above 0 and up to 8760h, such as 90s or 1h30m'];
}

function budgetProblems(budget: unknown): string[] {
  if (budget === null || typeof budget !== 'object') return [];
  const limits = [member(budget, 'minAvailable'), member(budget, 'maxUnavailable')];
  const keys = member(budget, 'groupBy');
  const repeated = Array.isArray(keys) && new Set(keys).size < keys.length;
  return [
    ...(limits.every((limit) => limit === undefined)
      ? ['needs minAvailable, maxUnavailable or both']
      : []),
    ...(repeated ? ['groupBy names a label twice'] : []),
  ];
}

function policyProblems(path: string, policy: unknown): string[] {
  const batches = member(member(policy, 'deviceSelection'), 'sequence');
  const sequence = `${path}.deviceSelection.sequence`;
  return [
    ...at(`${path}.defaultUpdateTimeout`, timeoutProblems(member(policy, 'defaultUpdateTimeout'))),
    ...at(`${path}.disruptionBudget`, budgetProblems(member(policy, 'disruptionBudget'))),
    ...(Array.isArray(batches) ? batches : []).flatMap((batch, index) =>
      selectorProblemsAt(`${sequence}[${index}].selector`, member(batch, 'selector')),
    ),
  ];
}

function fleetProblems(body: Loose): string[] {
  const spec = member(body, 'spec');
  const template = member(spec, 'template');
  const templateLabels = member(member(template, 'metadata'), 'labels');
  return [
    ...metadataProblems(body),
    ...selectorProblemsAt('spec.selector', member(spec, 'selector')),
    ...(isTextMap(templateLabels)
      ? at('spec.template.metadata.labels', labelsProblems(templateLabels))
      : []),
    ...repeatedNames('spec.template.spec', member(template, 'spec')),
    ...policyProblems('spec.rolloutPolicy', member(spec, 'rolloutPolicy')),
  ];
}

/** One judge for each kind: the shape is read by the class, the meaning by the rules of the domain. */
const judges = { Device: deviceProblems, Fleet: fleetProblems, Repository: metadataProblems };

type Checked = Device | Fleet | Repository;

function refuse(problems: readonly string[]): void {
  if (problems.length > 0) throw new RefusedRequest('invalid', problems.join('; '), { problems });
}

/**
 * Reads a body that is no resource and may be missing.
 * @throws RefusedRequest naming everything that is wrong with it
 */
export function read<Request extends object>(type: new () => Request, body: unknown): Request {
  const { resource, problems } = readBody(type, body ?? {});
  refuse(problems);
  return resource;
}

/**
 * Reads a body as a resource.
 * @throws RefusedRequest naming everything that is wrong with it
 */
export function check<Resource extends Checked>(type: new () => Resource, body: unknown): Resource {
  const { resource, problems } = readBody(type, body);
  const meaning = judges[type.name as keyof typeof judges](body as Loose);
  refuse([...problems, ...meaning]);
  return resource;
}
