/** Faults that are put into a good request, as data, so that a failing request is shrunk to the one that matters. */
import * as fc from 'fast-check';
import {
  DEEP,
  hostileHeader,
  hostileMethod,
  hostileParameter,
  hostileSegment,
  hostileType,
  hostileText,
  hostileValue,
  spoiledText,
} from './hostile.js';

type Loose = ReturnType<typeof JSON.parse>;

/** A request as it can be changed. */
export interface Draft {
  method: string;
  /** Raw: nothing is escaped any more. */
  segments: string[];
  query: [string, string][];
  headers: [string, string][];
  body: Loose;
  /** How its text leaves JSON; undefined: not at all. */
  spoiled: string | undefined;
}

export type Fault =
  | { readonly put: 'value'; readonly at: number; readonly value: unknown }
  | { readonly put: 'nothing'; readonly at: number }
  | { readonly put: 'member'; readonly at: number; readonly name: string; readonly value: unknown }
  | { readonly put: 'text'; readonly how: string }
  | { readonly put: 'type'; readonly value: string }
  | { readonly put: 'header'; readonly value: readonly [string, string] }
  | { readonly put: 'parameter'; readonly at: number; readonly value: string }
  | { readonly put: 'stranger'; readonly value: string }
  | { readonly put: 'segment'; readonly at: number; readonly value: string }
  | { readonly put: 'method'; readonly value: string };

const at = fc.nat({ max: 999 });
const put = <Kind extends Fault['put']>(kind: Kind) => fc.constant(kind);

const inBody: fc.Arbitrary<Fault>[] = [
  fc.record({ put: put('value'), at, value: hostileValue }),
  fc.record({ put: put('nothing'), at }),
  fc.record({ put: put('member'), at, name: hostileText, value: hostileValue }),
  fc.record({ put: put('text'), how: spoiledText }),
  fc.record({ put: put('type'), value: hostileType }),
];

const elsewhere: fc.Arbitrary<Fault>[] = [
  fc.record({ put: put('header'), value: hostileHeader }),
  fc.record({ put: put('parameter'), at, value: hostileParameter }),
  fc.record({ put: put('stranger'), value: hostileText }),
  fc.record({ put: put('segment'), at, value: hostileSegment }),
  fc.record({ put: put('method'), value: hostileMethod }),
];

/** None, or up to three. */
export function faultsOf(hasBody: boolean, isSelective: boolean): fc.Arbitrary<readonly Fault[]> {
  const all = [
    ...(hasBody ? [...inBody, ...inBody] : []),
    ...(isSelective ? [elsewhere[1]!, elsewhere[1]!, elsewhere[1]!] : []),
    ...elsewhere,
  ];
  return fc.oneof(
    { weight: 2, arbitrary: fc.constant([]) },
    { weight: 3, arbitrary: fc.array(fc.oneof(...all), { minLength: 1, maxLength: 3 }) },
  );
}

/** Each place in a value: where it hangs, and by which name. The whole hangs in `box`. */
function placesIn(box: Loose, name: string | number): [Loose, string | number][] {
  const value = box[name];
  if (value === null || typeof value !== 'object') return [[box, name]];
  const names = Array.isArray(value) ? value.map((_, index) => index) : Object.keys(value);
  return [[box, name], ...names.flatMap((one) => placesIn(value, one))];
}

function changeAt(
  draft: Draft,
  index: number,
  change: (box: Loose, name: string | number) => void,
) {
  if (draft.body === undefined) draft.body = {};
  const places = placesIn(draft, 'body');
  const [box, name] = places[index % places.length]!;
  change(box, name);
}

/** As JSON.parse would put it there: also `__proto__`. */
function define(box: Loose, name: string | number, value: unknown): void {
  if (Array.isArray(box) && typeof name === 'string') return void box.push(value);
  Object.defineProperty(box, name, {
    value,
    enumerable: true,
    writable: true,
    configurable: true,
  });
}

type Putters = { readonly [Kind in Fault['put']]: (draft: Draft, fault: Loose) => void };

const putters: Putters = {
  value: (draft, fault) =>
    changeAt(draft, fault.at, (box, name) => define(box, name, structuredClone(fault.value))),
  nothing: (draft, fault) =>
    changeAt(draft, fault.at, (box, name) => {
      if (Array.isArray(box)) box.splice(Number(name), 1);
      else if (box === draft) draft.body = undefined;
      else delete box[name];
    }),
  member: (draft, fault) =>
    changeAt(draft, fault.at, (box, name) => {
      const inner = box[name];
      const host = inner !== null && typeof inner === 'object' ? inner : box;
      if (host !== draft) define(host, fault.name, structuredClone(fault.value));
    }),
  text: (draft, { how }) => (draft.spoiled = how),
  type: (draft, { value }) => setHeader(draft, 'content-type', value),
  header: (draft, { value: [name, value] }) => setHeader(draft, name, value),
  parameter: (draft, fault) => {
    if (draft.query.length > 0) draft.query[fault.at % draft.query.length]![1] = fault.value;
    const [name = 'limit'] = draft.query[fault.at % Math.max(1, draft.query.length)] ?? [];
    if (fault.at % 4 === 0) draft.query.push([name, fault.value]);
  },
  stranger: (draft, { value }) => void draft.query.push([value, value]),
  segment: (draft, fault) => {
    draft.segments[fault.at % draft.segments.length] = fault.value;
  },
  method: (draft, { value }) => (draft.method = value),
};

function setHeader(draft: Draft, name: string, value: string): void {
  draft.headers = [...draft.headers.filter(([one]) => one !== name), [name, value]];
}

export function putInto(draft: Draft, faults: readonly Fault[]): void {
  for (const fault of faults) putters[fault.put](draft, fault);
}

const DEPTH = 100_000;

/** The text of a body, spoiled as it is to be. */
const spoilings: Readonly<Record<string, (text: string) => string | Buffer>> = {
  cut: (text) => text.slice(0, -1),
  twice: (text) => text.replace('{', '{"kind":"Twice","kind":{},"metadata":{"name":"other"},'),
  nul: (text) => `${text}\0`,
  mark: (text) => `\ufeff${text}`,
  number: (text) => text.replace(/:("[^"]*"|\d+)/, ':1e400'),
  surrogate: (text) => text.replace(/:"/, ':"\\ud800'),
  bytes: (text) => Buffer.concat([Buffer.from(text.slice(0, -1)), Buffer.from([0xff, 0xc0, 0x7d])]),
  prototype: (text) => text.replace('{', '{"__proto__":{"a":1},"constructor":{"prototype":{}},'),
  empty: () => '',
  huge: (text) => text.replace('{', `{"${'x'.repeat(3_000_000)}":1,`),
  latin: (text) => Buffer.from(text.replace(/:"/, ':"\u00e9'), 'latin1'),
  trailing: (text) => `${text},{}`,
};

export function textOf({ body, spoiled }: Draft): Buffer | undefined {
  if (body === undefined && spoiled === undefined) return undefined;
  const deep = `${'['.repeat(DEPTH)}${']'.repeat(DEPTH)}`;
  const text = (JSON.stringify(body) ?? '').replaceAll(`"${DEEP}"`, deep);
  const spoil = spoilings[spoiled ?? ''];
  return Buffer.from(spoil?.(text) ?? text);
}
