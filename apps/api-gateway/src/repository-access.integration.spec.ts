import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { newUid, repositoryAccessChecked } from '@skein/events';
import { migratedDatabase } from '@skein/migrate';
import { consumerHarness, jsonClient, type ConsumerHarness } from '@skein/testing';
import { DoorScene } from '../test/door-scene.js';
import { repository } from '../test/manifests.js';
import { hearingOf } from '../test/view-scene.js';

const door = new DoorScene({ migratedDatabase, jsonClient, environment: process.env });
const { call } = door;
let harness: ConsumerHarness;
let uid: string;

beforeAll(() => door.open());
beforeEach(async () => {
  await door.clear();
  await door.empty('inbox');
  await call('POST', '/repositories', repository('r'));
  const [row] = await door.postgres.query<{ uid: string }>('select uid from gateway.repositories');
  uid = row!.uid;
  harness = consumerHarness({ ...door.database, ...hearingOf(door.app) });
});
afterAll(() => door.close());

const checked = (accessible: boolean, reason: string, sequence: number, subject = uid) => {
  const data = { accessible, reason, message: `m ${sequence}` };
  return harness.event(repositoryAccessChecked, subject, data, { sequence });
};
const conditions = async () => (await call('GET', '/repositories/r')).body.status.conditions;

describe('the condition Accessible', () => {
  it('is unknown before anybody looked', async () => {
    expect(await conditions()).toEqual([
      {
        type: 'Accessible',
        status: 'Unknown',
        reason: 'NotChecked',
        message: expect.any(String),
        lastTransitionTime: expect.stringMatching(/^\d{4}-.*Z$/),
      },
    ]);
  });

  it('says what was seen last, whatever comes late, also in lists', async () => {
    await harness.handle(checked(true, 'Accessible', 5));
    await harness.handle(checked(false, 'Unreachable', 7));
    await harness.handle(checked(true, 'Accessible', 6));
    const condition = { status: 'False', reason: 'Unreachable', message: 'm 7' };
    expect(await conditions()).toMatchObject([condition]);
    const { body } = await call('GET', '/repositories');
    expect(body.items[0].status.conditions).toMatchObject([condition]);
  });

  it('says since when it is so, also when the reason changed meanwhile', async () => {
    const at = (event: ReturnType<typeof checked>, time: string) => {
      return { ...event, event: { ...event.event, time } };
    };
    await harness.handle(at(checked(false, 'Unreachable', 5), '2026-02-01T00:00:00Z'));
    await harness.handle(at(checked(false, 'Denied', 6), '2026-03-01T00:00:00Z'));
    expect(await conditions()).toMatchObject([
      { reason: 'Denied', lastTransitionTime: '2026-02-01T00:00:00.000Z' },
    ]);
    await harness.handle(at(checked(true, 'Accessible', 7), '2026-04-01T00:00:00Z'));
    expect(await conditions()).toMatchObject([
      { status: 'True', lastTransitionTime: '2026-04-01T00:00:00.000Z' },
    ]);
  });

  it('is not brought back by what is said of a repository that is gone', async () => {
    await call('DELETE', '/repositories/r');
    await harness.handle(checked(true, 'Accessible', 5));
    await harness.handle(checked(true, 'Accessible', 6, newUid()));
    expect((await call('GET', '/repositories')).body.items).toEqual([]);
  });

  it('stays as it is when the repository is written', async () => {
    await harness.handle(checked(true, 'Accessible', 5));
    const { body } = await call('GET', '/repositories/r');
    await call('PUT', '/repositories/r', {
      ...body,
      spec: { ...body.spec, url: 'https://o.example/' },
    });
    expect(await conditions()).toMatchObject([{ status: 'True' }]);
  });
});
