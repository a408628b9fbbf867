/** Patches that fit what the stage has. */
import * as fc from 'fast-check';
import { labels } from '../generated-documents.js';

const condition = {
  type: 'Valid',
  status: 'True',
  reason: 'Fuzz',
  message: '',
  lastTransitionTime: '2026-01-01T00:00:00Z',
};

const operation = (op: string, path: string, value: fc.Arbitrary<unknown>) =>
  fc.record({ op: fc.constant(op), path: fc.constant(path), value });

const summary = fc.record({ status: fc.constantFrom('Online', 'Error', 'Unknown') });
const spec = fc.constantFrom<unknown>({}, { os: { image: 'quay.io/a/b:1' } });

const ofKinds: Readonly<Record<string, fc.Arbitrary<unknown>[]>> = {
  devices: [operation('add', '/spec', spec)],
  fleets: [operation('replace', '/spec/template', fc.record({ spec }))],
  repositories: [operation('replace', '/spec/url', fc.webUrl())],
  'devices/status': [operation('add', '/status/summary', summary)],
  'fleets/status': [
    operation('add', '/status/conditions', fc.constant([condition])),
    operation('test', '/kind', fc.constant('Fleet')),
  ],
};

const ofLabels = [
  operation('add', '/metadata/labels', labels),
  operation('add', '/metadata/labels/a', fc.constantFrom('b', '')),
  operation('test', '/kind', fc.constantFrom('Device', 'Fleet', 'Repository')),
  fc.record({ op: fc.constant('remove'), path: fc.constant('/metadata/labels/a') }),
];

const strange = operation('add', '', fc.jsonValue({ maxDepth: 2 })).chain((one) =>
  fc
    .constantFrom(
      ...[
        '/__proto__/a',
        '/constructor/prototype/a',
        '/metadata/__proto__',
        '/toString',
        '/spec/-',
      ],
      ...['', '/', 'a', '/~', '/~2', '/metadata/labels/~1~0', `/${'a/'.repeat(600)}`, '/spec/0'],
      ...['/metadata/name', '/metadata/uid', '/kind', '/apiVersion', '/metadata/resourceVersion'],
    )
    .map((path) => ({ ...one, path })),
);

const merges: Readonly<Record<string, fc.Arbitrary<unknown>>> = {
  devices: fc.record({ spec }, { requiredKeys: [] }),
  fleets: fc.record({ spec: fc.record({ template: fc.record({ spec }) }) }, { requiredKeys: [] }),
  repositories: fc.record({ spec: fc.record({ url: fc.webUrl() }) }, { requiredKeys: [] }),
  'devices/status': fc.record({ status: fc.record({ summary }) }),
  'fleets/status': fc.constantFrom<unknown>({}, { status: { conditions: [condition] } }),
};

function kindOf(path: string): string {
  const [collection = '', , below] = path.split('/').slice(3);
  return below ? `${collection}/${below}` : collection;
}

/** For an operation at this path, in this language. */
export function patches(path: string, type: string): fc.Arbitrary<unknown> {
  const kind = kindOf(path);
  if (type === 'application/merge-patch+json') {
    const withLabels = fc.record({ metadata: fc.record({ labels }) });
    return kind.includes('/') ? merges[kind]! : fc.oneof(merges[kind]!, withLabels);
  }
  const usual = [...ofKinds[kind]!, ...(kind.includes('/') ? [] : ofLabels)];
  const operations = fc.oneof(
    { weight: 6, arbitrary: fc.oneof(...usual) },
    { weight: 1, arbitrary: strange },
  );
  return fc.array(operations, { minLength: 1, maxLength: 3 });
}
