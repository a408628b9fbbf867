import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { migratedDatabase } from '@skein/migrate';
import { jsonClient } from '@skein/testing';
import { ListScene } from '../test/list-scene.js';
import { fleet } from '../test/manifests.js';
import {
  Dice,
  fieldMeaning,
  fieldValues,
  labelKeys,
  labelMeaning,
  labelValues,
  type Shown,
} from '../test/selector-model.js';

const scene = new ListScene({ migratedDatabase, jsonClient, environment: process.env });
const things: Shown[] = [];

const DEVICES = 60;
const QUESTIONS = 400;

/** A device in the tables, and how it is shown. */
async function makeDevice(dice: Dice, name: string, fleets: Readonly<Record<string, string>>) {
  const labels = Object.fromEntries(
    labelKeys.filter(() => dice.below(3) > 0).map((key) => [key, dice.one(labelValues)]),
  );
  const owner = dice.one([undefined, 'f', 'g']);
  const generation = Number(dice.one(fieldValues['metadata.generation']!));
  const reports = dice.below(3) > 0;
  const summary = reports ? dice.one(['Online', 'Error', 'Degraded']) : 'Unknown';
  const lastSeen = reports ? (dice.one(fieldValues['status.lastSeen']!) as Date) : undefined;
  await scene.device(name, {
    labels,
    generation,
    ...(owner && { owner: fleets[owner]! }),
    ...(reports && { status: { summary: { status: summary } }, lastSeen: lastSeen!.toISOString() }),
  });
  const fields = {
    'metadata.owner': owner && `Fleet/${owner}`,
    'metadata.generation': generation,
    'status.summary.status': summary,
    'status.lastSeen': lastSeen,
  };
  things.push({ name, labels, fields });
}

beforeAll(async () => {
  await scene.open();
  const uids: Record<string, string> = {};
  for (const name of ['f', 'g']) {
    await scene.call('PUT', `/fleets/${name}`, fleet(name));
    uids[name] = await scene.uidOf('fleets', name);
  }
  const dice = new Dice(11);
  for (let index = 0; index < DEVICES; index += 1) {
    await makeDevice(dice, `d${String(index).padStart(2, '0')}`, uids);
  }
});
afterAll(() => scene.close());

it('lists what the meaning of the selectors says, whatever they ask', async () => {
  const dice = new Dice(5);
  let selective = 0;
  for (let question = 0; question < QUESTIONS; question += 1) {
    const labels = Array.from({ length: dice.below(3) }, () => labelMeaning(dice));
    const fields = Array.from({ length: dice.below(3) }, () => fieldMeaning(dice));
    const query = {
      labelSelector: labels.map(({ text }) => text).join(','),
      fieldSelector: fields.map(({ text }) => text).join(', '),
    };
    const meant = things.filter((thing) => [...labels, ...fields].every((one) => one.holds(thing)));
    const names = meant.map(({ name }) => name);
    expect({ query, names: await scene.names('devices', query) }).toEqual({ query, names });
    const { summary } = await scene.listOf('devices', { ...query, summaryOnly: 'true' });
    expect({ query, total: summary.total }).toEqual({ query, total: names.length });
    if (names.length > 0 && names.length < DEVICES) selective += 1;
  }
  expect(selective).toBeGreaterThan(QUESTIONS / 3);
});
