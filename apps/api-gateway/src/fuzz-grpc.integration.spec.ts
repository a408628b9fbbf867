import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { services } from '@skein/api';
import { DEFAULT_ORGANISATION } from '@skein/events';
import { migratedDatabase } from '@skein/migrate';
import { jsonClient } from '@skein/testing';
import * as fc from 'fast-check';
import { goodMessage, rollouts } from '../test/fuzz/good-messages.js';
import { bytesOf, messagesOf, shownFields } from '../test/fuzz/messages.js';
import { strangers, type Holder } from '../test/fuzz/plan.js';
import { FuzzStage } from '../test/fuzz/stage.js';
import { GrpcScene } from '../test/grpc-scene.js';
import { Tokens } from '../test/tokens.js';

const seed = Number(process.env['SKEIN_FUZZ_SEED'] ?? 1);
const requests = Number(process.env['SKEIN_FUZZ_REQUESTS'] ?? 2_000);
const DEADLINE_MS = 10_000;

const methods = services.flatMap((service) => service.methods);
const unary = methods.filter(({ methodKind }) => methodKind === 'unary');
const pathOf = ({ parent, name }: (typeof unary)[number]) => `${parent.name}/${name}`;

const folder = mkdtempSync(join(tmpdir(), 'skein-fuzz-grpc-'));
const door = new GrpcScene({ migratedDatabase, jsonClient, environment: process.env });
const tokens = new Tokens(join(folder, 'tokens.json'), [
  { id: DEFAULT_ORGANISATION, displayName: 'Own' },
]);
const stage = new FuzzStage(door, tokens);

/** What says that the gateway failed, or did not answer. */
const failures = ['INTERNAL', 'UNKNOWN', 'DEADLINE_EXCEEDED', 'DATA_LOSS', 'UNAVAILABLE'];

/** Who alone may call some methods. */
const holders: Readonly<Record<string, Holder>> = { ReportDeviceStatus: 'device' };
const holder = fc.oneof(
  { weight: 6, arbitrary: fc.constant<Holder>('system') },
  { weight: 1, arbitrary: fc.constantFrom<Holder>('operator', 'viewer', 'device', 'none') },
);
const spoiling = fc.oneof(
  { weight: 8, arbitrary: fc.constant<'cut' | 'junk' | undefined>(undefined) },
  { weight: 1, arbitrary: fc.constantFrom<'cut' | 'junk' | undefined>('cut', 'junk') },
);

function spoiled(bytes: Uint8Array, how: 'cut' | 'junk' | undefined): Uint8Array {
  if (how === 'cut') return bytes.slice(0, -1);
  return how === 'junk' ? Buffer.concat([bytes, Buffer.from([0xff, 0x07, 0xfe])]) : bytes;
}

/** Methods that did not do what they are for. */
const failing = new Set(unary.map(pathOf));

/** Sends messages to a method; what went wrong, undefined for nothing. */
async function fuzz(method: (typeof unary)[number], numRuns: number): Promise<string | undefined> {
  await stage.set(rollouts[method.name]);
  const path = pathOf(method);
  const message = fc.option(messagesOf(method.input), { freq: 4, nil: [] });
  const property = fc.asyncProperty(message, holder, spoiling, async (fields, who, how) => {
    const bytes = Buffer.concat([goodMessage(method, stage), bytesOf(fields)]);
    const authorization = stage.authorizationOf(who);
    const { code, message: said } = await door.rpc(path, undefined, {
      bytes: spoiled(bytes, how),
      deadlineMs: DEADLINE_MS,
      metadata: { ...(authorization && { authorization }) },
    });
    if (code === 'OK') failing.delete(path);
    const isStranger = (strangers as readonly string[]).includes(who);
    const isWrong = failures.includes(code) || (isStranger && code === 'OK');
    if (isWrong && path !== 'AboutService/GetVersion') {
      throw new Error(`${path}: ${code} ${said}\n${who} ${how ?? ''} ${shownFields(fields)}`);
    }
  });
  const good: [never[], Holder, undefined] = [[], holders[method.name] ?? 'system', undefined];
  const details = await fc.check(property, { seed, numRuns, examples: [good] });
  return details.failed ? `${String(details.errorInstance)} (seed ${seed})` : undefined;
}

beforeAll(() => stage.open());
afterAll(async () => {
  await stage.close();
  rmSync(folder, { recursive: true });
});

it(
  'answers whatever message comes to any method, and fails at none',
  async () => {
    const faults: string[] = [];
    for (const method of unary) {
      const fault = await fuzz(method, Math.ceil(requests / unary.length));
      if (fault !== undefined) faults.push(fault);
    }
    expect(faults.join('\n\n')).toBe('');
    expect(unary.length).toBeGreaterThan(40);
    expect([...failing]).toEqual([]);
    expect(await stage.inconsistencies()).toEqual([]);
  },
  120_000 + requests * 50,
);
