/**
 * Runs before each spec of the gateway: holds whatever is said at its door against the reference document, and what agents
 * say against theirs. A test that meets a deviation fails.
 */
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, it } from '@jest/globals';
import { Conformance, entriesOf, type Exchange } from '@skein/testing';
import type { FastifyInstance } from 'fastify';
import { exchangeOf } from './exchange-of.js';
import { agentEntries, agentExtensions, extensions } from './extensions.js';

/** Where Fastify tells of each server that it makes. */
const CHANNEL = 'fastify.initialization';
/** Where {@link ./stale-extensions.mjs} looks for what was used. */
const USED = '.skein/conformance';
/** Where {@link ./parse-reference.mjs} put the documents. */
const PARSED = '.skein/reference';

const spec = basename(expect.getState().testPath!);
const found = new Set<string>();

type Document = ConstructorParameters<typeof Conformance>[0];

const readDocument = (name: string): Document =>
  JSON.parse(readFileSync(join(PARSED, `${name}.json`), 'utf8'));

function readDocuments() {
  const core = readDocument('core');
  const { components } = core;
  const agent = { ...readDocument('agent'), components };
  return {
    core: new Conformance(core, extensions),
    agent: new Conformance(agent, agentExtensions),
  };
}

type Documents = ReturnType<typeof readDocuments>;

function deviations({ core, agent }: Documents, exchange: Exchange): string[] {
  const ofAgent = agent.has(exchange) ? agent.deviations(exchange) : [];
  return [...core.deviations(exchange), ...ofAgent.map((one) => `for an agent: ${one}`)];
}

function watch(server: FastifyInstance, documents: Documents): void {
  server.addHook('onSend', (request, reply, payload, done) => {
    const exchange = exchangeOf(request, reply, payload);
    for (const one of exchange ? deviations(documents, exchange) : []) found.add(one);
    done(null, payload);
  });
}

function usedOf({ core, agent }: Documents): string[] {
  return [...core.used, ...[...agent.used].map((entry) => `agent ${entry}`)];
}

function holdAgainstReference(): void {
  let documents: Documents | undefined;
  const onServer = (message: unknown) => {
    documents ??= readDocuments();
    watch((message as { fastify: FastifyInstance }).fastify, documents);
  };
  beforeAll(() => subscribe(CHANNEL, onServer));
  afterEach(() => {
    const deviations = [...found];
    found.clear();
    expect(deviations).toEqual([]);
  });
  afterAll(() => {
    unsubscribe(CHANNEL, onServer);
    const known = [...entriesOf(extensions), ...agentEntries];
    const told = { known, used: documents ? usedOf(documents) : [] };
    mkdirSync(USED, { recursive: true });
    writeFileSync(join(USED, `${spec}.json`), JSON.stringify(told));
  });
}

/** Holds them by itself: it also sends what is no request of the document, and gets it through where nobody looks. */
const isFuzz = spec.startsWith('fuzz.');

if (spec.includes('.integration.') && !isFuzz) {
  if (process.env['SKEIN_REFERENCE_DIR']) holdAgainstReference();
  else it.skip('speaks as the reference document says: SKEIN_REFERENCE_DIR is not set', () => {});
}
