/**
 * Runs before each spec of the gateway: holds whatever is said at its door against the reference document. A test that
 * meets a deviation fails.
 */
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, it } from '@jest/globals';
import { Conformance, entriesOf } from '@skein/testing';
import type { FastifyInstance } from 'fastify';
import { parse } from 'yaml';
import { exchangeOf } from './exchange-of.js';
import { extensions } from './extensions.js';

/** Where Fastify tells of each server that it makes. */
const CHANNEL = 'fastify.initialization';
/** Where {@link ./stale-extensions.mjs} looks for what was used. */
const USED = '.skein/conformance';

const reference = process.env['SKEIN_REFERENCE_DIR'];
const spec = basename(expect.getState().testPath!);
const found = new Set<string>();

function readDocument(folder: string): unknown {
  const file = join(folder, 'flightctl-core-v1beta1.openapi.yaml');
  return parse(readFileSync(file, 'utf8'), { merge: true, maxAliasCount: -1 });
}

function watch(server: FastifyInstance, conformance: Conformance): void {
  server.addHook('onSend', (request, reply, payload, done) => {
    const exchange = exchangeOf(request, reply, payload);
    for (const one of exchange ? conformance.deviations(exchange) : []) found.add(one);
    done(null, payload);
  });
}

function holdAgainst(folder: string): void {
  let conformance: Conformance;
  const onServer = (message: unknown) => {
    conformance ??= new Conformance(readDocument(folder), extensions);
    watch((message as { fastify: FastifyInstance }).fastify, conformance);
  };
  beforeAll(() => subscribe(CHANNEL, onServer));
  afterEach(() => {
    const deviations = [...found];
    found.clear();
    expect(deviations).toEqual([]);
  });
  afterAll(() => {
    unsubscribe(CHANNEL, onServer);
    const told = { known: entriesOf(extensions), used: [...(conformance?.used ?? [])] };
    mkdirSync(USED, { recursive: true });
    writeFileSync(join(USED, `${spec}.json`), JSON.stringify(told));
  });
}

/** Holds them by itself: it also sends what is no request of the document, and gets it through where nobody looks. */
const isFuzz = spec.startsWith('fuzz.');

if (spec.includes('.integration.') && !isFuzz) {
  if (reference) holdAgainst(reference);
  else it.skip('speaks as the reference document says: SKEIN_REFERENCE_DIR is not set', () => {});
}
