import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import {
  canCertify,
  jsonClient,
  KubernetesServer,
  testDatabase,
  testRedis,
  waitFor,
  type JsonClient,
  type TestDatabase,
  type TestRedis,
} from '@skein/testing';
import { dumpOfDatabase, dumpOfRedis, RedisMonitor } from '../test/dumps.js';
import { StartProcess } from '../test/start-process.js';
import { TraceCollector } from '../test/trace-collector.js';

const apiVersion = 'flightctl.io/v1beta1';
const secret = 'Zq7-planted-secret-Xw3';
const plain = 'Kd9-no-secret-at-all-Lp5';
const site = { name: 'site', inline: [{ path: '/etc/site', content: plain }] };
const secretRef = (name: string) => ({ name, namespace: 'edge', mountPath: '/etc/tls' });

let folder: string;
let kubernetes: KubernetesServer;
let database: TestDatabase;
let redis: TestRedis;
let monitor: RedisMonitor;
let collector: TraceCollector;
let start: StartProcess;
let client: JsonClient;

const nameOf = ({ metadata }: { metadata: { name: string } }) => metadata.name;
const put = async (path: string, body: object) => {
  const answer = await client('PUT', `/api/v1${path}`, { body: { apiVersion, ...body } });
  if (answer.code >= 400) throw new Error(`${path}: ${answer.code} ${answer.body.message}`);
};
/** The document of a device, once it holds the text. */
const documentOf = (name: string, text: string) =>
  waitFor(
    async () => {
      const { body } = await client('GET', `/api/v1/devices/${name}/rendered`);
      return JSON.stringify(body).includes(text) ? JSON.stringify(body) : undefined;
    },
    { timeoutMs: 60_000, message: `the document of ${name}\n${start.output}` },
  );

beforeAll(async () => {
  if (!canCertify) return;
  folder = mkdtempSync(join(tmpdir(), 'skein-secret-'));
  kubernetes = new KubernetesServer(folder);
  await kubernetes.start();
  kubernetes.put('edge', 'tls', { 'tls.key': secret });
  kubernetes.put('edge', 'tls-lyon', { 'tls.key': `${secret}-lyon` });
  writeFileSync(join(folder, 'ca.pem'), kubernetes.ca);
  [database, redis, collector] = await Promise.all([
    testDatabase(),
    testRedis(),
    TraceCollector.start(),
  ]);
  monitor = await RedisMonitor.start(redis.url);
  start = await StartProcess.start(['--no-demo'], {
    SKEIN_DATABASE_URL: database.url,
    SKEIN_STREAM_REDIS_URL: redis.url,
    SKEIN_LOG_LEVEL: 'debug',
    SKEIN_KUBERNETES_MODE: 'address',
    SKEIN_KUBERNETES_ADDRESS: kubernetes.address,
    SKEIN_KUBERNETES_TOKEN: kubernetes.token,
    SKEIN_KUBERNETES_CA_FILE: join(folder, 'ca.pem'),
    SKEIN_KUBERNETES_ALLOWED_NAMESPACES: 'edge',
    OTEL_EXPORTER_OTLP_ENDPOINT: collector.endpoint,
  });
  await start.line(/Running until Ctrl-C/);
  client = jsonClient(
    () => start.gatewayUrl,
    () => start.headers,
  );
}, 150_000);
afterAll(async () => {
  await start?.[Symbol.asyncDispose]();
  await collector?.[Symbol.asyncDispose]();
  monitor?.[Symbol.dispose]();
  await Promise.all([database?.close(), redis?.close(), kubernetes?.close()]);
  if (folder) rmSync(folder, { recursive: true, force: true });
});

/** All ways in which somebody who looks for it would find a text. */
const formsOf = (text: string) => [
  text,
  ...[0, 1, 2].map((shift) => {
    const shifted = Buffer.concat([Buffer.alloc(shift), Buffer.from(text)]).toString('base64');
    return shifted.slice(4, -4);
  }),
  Buffer.from(text).toString('hex'),
];
const isIn = (where: string, text: string) => formsOf(text).some((form) => where.includes(form));

const filesBelow = (path: string): string =>
  readdirSync(path, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => readFileSync(join(entry.parentPath, entry.name), 'latin1'))
    .join('\n');

(canCertify ? it : it.skip)(
  'a secret is on the device, also when it changes, and in no log, event, trace, or dump of PostgreSQL and Redis',
  async () => {
    const labels = { site: 'lyon' };
    await put('/devices/single', {
      ...{ kind: 'Device', metadata: { name: 'single' } },
      spec: { config: [site, { name: 'tls', secretRef: secretRef('tls') }] },
    });
    await put('/devices/member', { kind: 'Device', metadata: { name: 'member', labels } });
    await put('/fleets/f', {
      ...{ kind: 'Fleet', metadata: { name: 'f' } },
      spec: {
        selector: { matchLabels: labels },
        template: {
          spec: {
            config: [
              site,
              { name: 'tls', secretRef: secretRef('tls') },
              {
                name: 'own',
                secretRef: {
                  ...secretRef('tls-{{ .metadata.labels.site }}'),
                  mountPath: '/etc/own',
                },
              },
            ],
          },
        },
      },
    });
    expect(await documentOf('single', secret)).toContain(plain);
    expect(await documentOf('member', `${secret}-lyon`)).toContain(plain);
    // It changes in the cluster, and nobody says so to Skein.
    kubernetes.put('edge', 'tls', { 'tls.key': `${secret}-renewed` });
    await documentOf('single', `${secret}-renewed`);
    await documentOf('member', `${secret}-renewed`);
    const { body: fleets } = await client('GET', '/api/v1/fleets/f/templateversions');
    expect(fleets.items.map(nameOf)).toEqual(['v1', expect.stringMatching(/^v1-[0-9a-f]{8}$/)]);
    const events = await client('GET', '/api/v1/events?limit=1000');
    // Spans come some seconds later.
    await waitFor(() => collector.bodies.some((body) => body.includes('skein-render')), {
      timeoutMs: 30_000,
    });
    const places = {
      PostgreSQL: await dumpOfDatabase(database.url),
      Redis: monitor.commands.join('\n') + (await dumpOfRedis(redis.url)),
      events: JSON.stringify(events.body),
      logs: start.output + filesBelow(start.folder),
      traces: collector.bodies.join('\n'),
    };
    const found = Object.entries(places).filter(([, text]) => isIn(text, secret));
    expect(found.map(([place]) => place)).toEqual([]);
    // The search finds what is there: what is no secret, and that the cache holds the one that depends on the device.
    expect(isIn(places.PostgreSQL, plain)).toBe(true);
    expect(isIn(places.Redis, plain)).toBe(true);
    expect(places.Redis).toContain('/k8ssecret-data/edge/tls-lyon');
    expect(places.traces).toContain('skein-render');
  },
  180_000,
);
