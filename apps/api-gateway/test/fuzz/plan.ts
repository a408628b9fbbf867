/** What is sent to an operation: a good request, and the faults in it. */
import * as fc from 'fast-check';
import type { Operation, Parameter } from './document.js';
import { faultsOf, putInto, textOf, type Draft, type Fault } from './faults.js';
import { patches } from './patches.js';
import type { SchemaValues } from './values.js';

type Loose = ReturnType<typeof JSON.parse>;
type Texts = Readonly<Record<string, string>>;

export const holders = ['system', 'admin', 'operator', 'viewer', 'installer', 'device'] as const;
/** Those who are nobody. */
export const strangers = ['none', 'unknown', 'garbage'] as const;
export type Holder = (typeof holders)[number] | (typeof strangers)[number];

export interface Plan {
  readonly holder: Holder;
  readonly parameters: Texts;
  readonly body: readonly [type: string, value: Loose] | undefined;
  readonly faults: readonly Fault[];
}

/** A request as it goes over the wire. */
export interface FuzzRequest {
  readonly method: string;
  readonly target: string;
  readonly headers: Texts;
  readonly body: Buffer | undefined;
}

const one = (...texts: string[]) => fc.constantFrom(...texts);
const flag = one('true', 'false');
const time = one('2026-01-01T00:00:00Z', '2999-01-01T00:00:00+02:00');

/** What stands for a parameter; `@` is something that the gateway said before. */
const known: Readonly<Record<string, fc.Arbitrary<string>>> = {
  fleet: one('f0', 'f1'),
  uid: one('@rollout'),
  id: one('@token'),
  action: one('pause', 'resume', 'approve', 'abort', 'retry'),
  number: one('1', '2', '3', '4'),
  service: one('selector', 'render'),
  watch: flag,
  resourceVersion: one('@position', '0'),
  labelSelector: one('a', '!a', 'a=b', 'a!=b', 'a in (b,c)', 'a notin (b)', 'a=b,c'),
  fieldSelector: one('metadata.name=d0', 'metadata.name!=d0', 'metadata.name in (d0,f0)'),
  limit: one('1', '2', '0', '1000'),
  continue: one('@continue'),
  type: one('skein.device.created.v1'),
  org: one('@organization'),
  since: time,
  all: one('true'),
  knownRenderedVersion: one('0', '1'),
  'If-Match': one('@etag', '*'),
  'If-None-Match': one('@etag', '*'),
  'Idempotency-Key': one('a', 'b', 'c', 'd', 'e'),
  'Last-Event-ID': one('@position'),
};

const letters: Texts = { devices: 'd', fleets: 'f', repositories: 'r' };

/** The names of what the stage has. */
function namesAt(path: string): fc.Arbitrary<string> {
  if (path.includes('templateversions')) return one('v1', 'v2');
  const letter = letters[path.split('/')[3]!]!;
  return one(...['0', '1', '2'].map((number) => `${letter}${number}`));
}

function valueOf({ path }: Operation, { in: place, name, schema }: Parameter) {
  if (place === 'path' && name === 'name') return namesAt(path);
  if (schema?.enum) return one(...(schema.enum as string[]));
  return known[name] ?? flag;
}

/** Required ones always, others every other time. */
function parametersOf(operation: Operation): fc.Arbitrary<Texts> {
  const all = operation.parameters.map((parameter) => {
    const value = valueOf(operation, parameter);
    const isRequired = parameter.in === 'path' || (parameter as Loose).required === true;
    const maybe = fc.option(value, { freq: 2, nil: undefined });
    return [parameter.name, isRequired ? value : maybe] as const;
  });
  return fc
    .record(Object.fromEntries(all))
    .map(
      (found) => Object.fromEntries(Object.entries(found).filter(([, value]) => value)) as Texts,
    );
}

function bodyOf({ method, bodies, path, needsBody }: Operation, values: SchemaValues) {
  if (bodies.length === 0) return fc.constant(undefined);
  const typed = bodies.map(([type, schema]) =>
    fc.tuple(fc.constant(type), method === 'PATCH' ? patches(path, type) : values.of(schema)),
  );
  return needsBody
    ? fc.oneof(...typed)
    : fc.option(fc.oneof(...typed), { freq: 2, nil: undefined });
}

const someone: fc.Arbitrary<Holder> = fc.oneof(
  { weight: 8, arbitrary: fc.constant<Holder>('system') },
  { weight: 4, arbitrary: fc.constantFrom<Holder>(...holders) },
  { weight: 1, arbitrary: fc.constantFrom<Holder>(...strangers) },
);

export function plansFor(operation: Operation, values: SchemaValues): fc.Arbitrary<Plan> {
  const isSelective = operation.parameters.some(({ in: place }) => place === 'query');
  return fc.record({
    holder: someone,
    parameters: parametersOf(operation),
    body: bodyOf(operation, values),
    faults: faultsOf(operation.bodies.length > 0, isSelective),
  });
}

/** A name for each thing that is made, and that of the path where there is one. */
function nameBody(body: Loose, name: string | undefined, fresh: string): void {
  const metadata = body?.metadata;
  if (metadata === null || typeof metadata !== 'object') return;
  metadata.name = name ?? fresh;
}

function draftOf(operation: Operation, plan: Plan, fresh: string): Draft {
  const { parameters } = plan;
  const inPlace = (place: Parameter['in']) =>
    operation.parameters
      .filter(({ in: where, name }) => where === place && parameters[name] !== undefined)
      .map(({ name }): [string, string] => [name, parameters[name]!]);
  const [type, value] = plan.body ?? [];
  const body = structuredClone(value);
  if (operation.method !== 'PATCH') nameBody(body, parameters['name'], fresh);
  const segments = operation.path.split('/').slice(1);
  return {
    method: operation.method,
    segments: segments.map((one) => parameters[one.slice(1, -1)] ?? one),
    query: inPlace('query'),
    headers: [
      ...inPlace('header').map(([name, text]): [string, string] => [name.toLowerCase(), text]),
      ...(type ? [['content-type', type] as [string, string]] : []),
    ],
    body,
    spoiled: undefined,
  };
}

const wellFormed = (text: string) => encodeURIComponent(text.toWellFormed());
/** What Node's client refuses to send as a path or a header's value. */
const sendable = (text: string) => text.replaceAll(/[^\x21-\xff]/g, (one) => wellFormed(one));

/**
 * @param resolve puts what the gateway said in the place of `@` words
 * @param fresh a name that nothing has
 */
export function requestOf(
  operation: Operation,
  plan: Plan,
  { resolve, fresh }: { resolve: (text: string) => string; fresh: string },
): FuzzRequest {
  const draft = draftOf(operation, plan, fresh);
  putInto(draft, plan.faults);
  const path = draft.segments.map(resolve).map(sendable).join('/');
  const query = draft.query
    .map(([name, value]) => `${wellFormed(name)}=${wellFormed(resolve(value))}`)
    .join('&');
  const headers = draft.headers.map(([name, value]) => [name, resolve(value)]);
  return {
    method: draft.method,
    target: `/${path}${query && `?${query}`}`,
    headers: Object.fromEntries(headers),
    body: textOf(draft),
  };
}
