import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { newUid } from '@skein/events';
import { migratedDatabase } from '@skein/migrate';
import { consumerHarness, openTransaction, type ConsumerHarness } from '@skein/testing';
import { inline, membersOf } from '../test/scene.js';
import { Stage, type Make, type Scene } from '../test/stage.js';

const stage = new Stage({ migratedDatabase, consumerHarness });
let harness: ConsumerHarness;
let scene: Scene;
let make: Make;
let device: string;

beforeAll(() => stage.open());
beforeEach(async () => {
  ({ harness, scene, make, device } = await stage.renew());
});
afterAll(() => stage.close());

const comes = (uid: string) =>
  harness.handle(make.deviceIs(uid, { spec: inline('own') }), make.matched(null, uid));
const rendered = async () => membersOf(await harness.appended()).map((member) => member.device);

describe('the queue of rendering', () => {
  it('comes back to what a peer gave back, although newer devices come without end', async () => {
    await comes(device);
    const peer = await openTransaction(stage.url);
    await peer.query('select from render.devices where device = $1 for update', [device]);
    await comes(newUid());
    expect(await scene.loops.once()).toBe(1);
    await harness.appended();
    await peer.rollback();
    let found = false;
    for (let turn = 0; turn < 50 && !found; turn += 1) {
      await comes(newUid());
      await scene.loops.once();
      found = (await rendered()).includes(device);
    }
    expect(found).toBe(true);
  });

  it('begins anew at once when nothing is left after its place', async () => {
    await comes(device);
    const peer = await openTransaction(stage.url);
    await peer.query('select from render.devices where device = $1 for update', [device]);
    await comes(newUid());
    await scene.loops.once();
    await harness.appended();
    await peer.rollback();
    expect(await scene.loops.once()).toBe(1);
    expect(await rendered()).toEqual([device]);
  });
});
