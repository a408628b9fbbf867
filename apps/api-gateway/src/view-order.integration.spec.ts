import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { DEFAULT_ORGANISATION as org, devicesMatched, newUid } from '@skein/events';
import { migratedDatabase } from '@skein/migrate';
import { consumerHarness, jsonClient, type ConsumerHarness } from '@skein/testing';
import { ViewScene } from '../test/view-scene.js';

const view = new ViewScene({
  migratedDatabase,
  jsonClient,
  consumerHarness,
  environment: process.env,
});
const { call, read, version } = view;
const { matched, minted, selected, rendered, failed, validated } = view;
let harness: ConsumerHarness;
let fleet: string;

beforeAll(() => view.open());
beforeEach(async () => {
  ({ harness, fleet } = await view.renew());
});
afterAll(() => view.close());

describe('repeats, disorder and deletion', () => {
  it('a batch that is handled twice has no second effect', async () => {
    const batch = [matched(fleet), minted(), selected(), rendered(1, version)];
    await harness.handle(...batch);
    const first = await read();
    await harness.handle(...batch);
    expect(await read()).toEqual(first);
  });

  it('an older event that arrives later loses no other aspect and wins none', async () => {
    const [owner, failure, document] = [matched(fleet), failed('late'), rendered(2, null)];
    await harness.handle(harness.event(devicesMatched, org, matched(null).event.data));
    await harness.handle(document);
    await harness.handle(failure, owner);
    const body = await read();
    expect(body.metadata.owner).toBeUndefined();
    expect(body.metadata.annotations['device-controller/renderedVersion']).toBe('2');
    expect(body.status.conditions).toEqual([]);
  });

  it('of two words about a device in one batch the last one counts', async () => {
    await harness.handle(matched(fleet), matched(null));
    expect((await read()).metadata.owner).toBeUndefined();
    await harness.handle(rendered(1, null), rendered(2, null));
    expect((await read()).metadata.annotations['device-controller/renderedVersion']).toBe('2');
  });

  it('what is heard of a deleted device or fleet is ignored', async () => {
    await harness.handle(matched(fleet), minted(), selected());
    await call('DELETE', '/fleets/f');
    expect((await read()).metadata).toMatchObject({ annotations: {} });
    expect((await read()).metadata.owner).toBeUndefined();
    await call('DELETE', '/devices/d');
    await harness.handle(
      matched(fleet),
      minted(newUid()),
      selected(),
      rendered(1, version),
      validated(true),
    );
    const counts = await view.postgres.query(
      `select (select count(*) from gateway.template_versions) as versions,
              (select count(*) from gateway.device_views) as views`,
    );
    expect(counts).toEqual([{ versions: 0, views: 0 }]);
    expect((await call('GET', '/devices/d')).code).toBe(404);
  });
});
