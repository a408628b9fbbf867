/** Documents as clients might write them: with all that the wire of gRPC has no word for. */
import * as fc from 'fast-check';

const word = fc.stringMatching(/^[a-z][a-z0-9]{0,6}$/);
const text = fc
  .string({ unit: 'grapheme', maxLength: 12 })
  .filter((value) => !value.includes('\0'));
export const labels = fc.dictionary(word, fc.oneof(word, fc.constant('')), { maxKeys: 3 });
const texts = fc.array(text, { maxLength: 2 });
const record = (model: Record<string, fc.Arbitrary<unknown>>, requiredKeys: string[] = []) =>
  fc.record(model, { requiredKeys });
const named = (items: fc.Arbitrary<object>) =>
  fc
    .array(items, { maxLength: 3 })
    .map((found) => found.map((item, index) => ({ ...item, name: `item-${index}` })));

const json = fc
  .jsonValue({ maxDepth: 3, stringUnit: 'grapheme' })
  .filter((value) => !JSON.stringify(value).includes('\\u0000'));
const file = record({ path: word, content: text, mode: fc.integer({ min: 0, max: 0o7777 }) }, [
  ...['path', 'content'],
]);
const configItem = fc.oneof(
  record({ inline: fc.array(file, { maxLength: 2 }) }, ['inline']),
  record(
    {
      httpRef: record({ repository: word, filePath: word, suffix: text }, [
        'repository',
        'filePath',
      ]),
    },
    ['httpRef'],
  ),
);
const compose = record(
  {
    appType: fc.constant('compose'),
    image: word,
    envVars: fc.dictionary(word, text, { maxKeys: 2 }),
  },
  ['appType', 'image'],
);
const helm = record(
  {
    appType: fc.constant('helm'),
    image: word,
    values: fc.dictionary(word, json, { maxKeys: 2 }),
    valuesFiles: texts,
  },
  ['appType', 'image'],
);
const container = record(
  {
    appType: fc.constant('container'),
    image: word,
    ports: fc.array(fc.constant('80:80'), { maxLength: 1 }),
    resources: record({ limits: record({ cpu: word }) }),
  },
  ['appType', 'image'],
);
const application = fc.oneof(compose, helm, container);
const monitor = record(
  {
    monitorType: fc.constant('CPU'),
    samplingInterval: fc.constant('5s'),
    alertRules: fc.array(
      fc.record({
        severity: fc.constant('Info'),
        duration: fc.constant('0s'),
        percentage: fc.double({ min: 0, max: 100, noNaN: true }).map((value) => value + 0),
        description: text,
      }),
      { maxLength: 2 },
    ),
  },
  ['monitorType', 'samplingInterval', 'alertRules'],
);
export const deviceSpec = record({
  os: record({ image: text }),
  config: named(configItem),
  applications: named(application),
  resources: fc.array(monitor, { maxLength: 2 }),
  systemd: record({ matchPatterns: fc.array(word, { maxLength: 2 }) }),
});
const selector = record({
  matchLabels: labels,
  matchExpressions: fc.array(
    record({ key: word, operator: fc.constant('Exists'), values: fc.constant([]) }, [
      'key',
      'operator',
    ]),
    { minLength: 1, maxLength: 2 },
  ),
});
const time = fc.constantFrom('2026-01-01T00:00:00Z', '2026-01-01T02:00:00.1234567+02:00');
export const fleetSpec = record(
  {
    selector,
    template: record(
      {
        metadata: record({
          labels,
          annotations: labels,
          creationTimestamp: time,
          generation: fc.maxSafeInteger(),
        }),
        spec: deviceSpec,
      },
      ['spec'],
    ),
    rolloutPolicy: record({
      disruptionBudget: record(
        {
          groupBy: fc.uniqueArray(word, { maxLength: 2 }),
          minAvailable: fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER }),
        },
        ['minAvailable'],
      ),
      deviceSelection: record(
        {
          strategy: fc.constant('BatchSequence'),
          sequence: fc.array(
            record({
              selector,
              limit: fc.constantFrom<unknown>(1, 50, '10%'),
              successThreshold: fc.constant('95%'),
            }),
            { minLength: 1, maxLength: 2 },
          ),
        },
        ['strategy'],
      ),
      successThreshold: fc.constant('0%'),
    }),
  },
  ['template'],
);
