/** Values that a schema of the document allows. */
import * as fc from 'fast-check';
import { deviceSpec, fleetSpec, labels } from '../generated-documents.js';

type Loose = ReturnType<typeof JSON.parse>;
type Values = fc.Arbitrary<unknown>;

const time = fc.date({ noInvalidDate: true, min: new Date(0), max: new Date(4e12) });
const text = fc.string({ unit: 'grapheme', maxLength: 12 }).map((one) => one.replaceAll('\0', ''));

const record = (model: Record<string, Values>, ...requiredKeys: string[]) =>
  fc.record(model, { requiredKeys });
const word = fc.stringMatching(/^[a-z]{1,9}$/);
const url = fc.webUrl();
const httpConfig = record({ token: word });
const summary = record({ status: fc.constantFrom('Online', 'Error') }, 'status');

/** What the document cannot say: where a URL leads, which members belong together, and what there is. */
const known: Readonly<Record<string, Values>> = {
  ObjectMeta: record({ labels }),
  DeviceSpec: deviceSpec,
  DeviceStatus: record({
    summary,
    config: record({ renderedVersion: fc.constantFrom('', '0', '7') }, 'renderedVersion'),
    updated: record({ status: fc.constantFrom('UpToDate', 'Updating') }, 'status'),
  }),
  FleetSpec: fleetSpec,
  FleetStatus: fc.constant({ conditions: [] }),
  RepositoryStatus: fc.constant({ conditions: [] }),
  RepositorySpec: fc.oneof(
    record({ type: fc.constant('git'), url, httpConfig }, 'type', 'url'),
    record(
      { type: fc.constant('http'), url, httpConfig, validationSuffix: fc.constant('/a') },
      ...['type', 'url'],
    ),
  ),
  RolloutRequest: record({ templateVersion: fc.constant('v1'), immediate: fc.boolean() }),
  RolloutActionRequest: record({ reason: word }),
  WaitingEventFilter: record(
    { service: fc.constantFrom('selector', 'render'), all: fc.constant(true) },
    'all',
  ),
};

function textOf({ enum: words, format, pattern, maxLength = 64 }: Loose): Values {
  if (words) return fc.constantFrom(...words);
  if (format === 'date-time') return time.map((date) => date.toISOString());
  if (pattern) return fc.stringMatching(new RegExp(pattern)).map((one) => one.slice(0, maxLength));
  return text;
}

const simple: Readonly<Record<string, (schema: Loose) => Values>> = {
  integer: ({ minimum: min = 0, maximum: max = 1_000 }) => fc.integer({ min, max }),
  number: () => fc.double({ noNaN: true, min: 0, max: 100 }).map((value) => value + 0),
  boolean: () => fc.boolean(),
  string: textOf,
};

/** Makes values for the schemas of one document. */
export class SchemaValues {
  constructor(private readonly schemas: Record<string, Loose>) {}

  readonly of = (schema: Loose): Values => {
    if (schema.$ref) return this.named(schema.$ref.split('/').at(-1));
    if (schema.oneOf) return fc.oneof(...schema.oneOf.map(this.of));
    return this.ofType(schema);
  };

  private named(name: string): Values {
    return known[name] ?? this.of(this.schemas[name]);
  }

  private ofType(schema: Loose): Values {
    if (schema.type === 'object') return this.object(schema);
    if (schema.type === 'array') return fc.array(this.of(schema.items), { maxLength: 2 });
    return simple[schema.type]?.(schema) ?? fc.jsonValue({ maxDepth: 2 });
  }

  private object({ properties, required = [], additionalProperties }: Loose): Values {
    if (!properties) return additionalProperties?.type === 'string' ? labels : anything;
    const members = Object.entries(properties).map(([name, one]) => [name, this.of(one)] as const);
    return fc.record(Object.fromEntries(members), { requiredKeys: required });
  }
}

const anything = fc.dictionary(fc.stringMatching(/^[a-z]{1,6}$/), fc.jsonValue({ maxDepth: 1 }), {
  maxKeys: 2,
});
