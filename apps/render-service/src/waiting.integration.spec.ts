import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { deviceSpecUpdated, newUid } from '@skein/events';
import { migratedDatabase } from '@skein/migrate';
import { SourceError } from '@skein/sources';
import { consumerHarness, type ConsumerHarness } from '@skein/testing';
import { failuresOf, git, inline, membersOf, type Outside } from '../test/scene.js';
import { Stage, type Make, type Scene } from '../test/stage.js';

const stage = new Stage({ migratedDatabase, consumerHarness });
const { worked, wants, dueNow } = stage;
let outside: Outside;
let harness: ConsumerHarness;
let scene: Scene;
let make: Make;
let device: string, fleet: string, version: string;

beforeAll(() => stage.open());
beforeEach(async () => {
  ({ outside, harness, scene, make, device, fleet, version } = await stage.renew());
});
afterAll(() => stage.close());

describe('what it waits for', () => {
  it('the template version, with the reason', async () => {
    await harness.handle(
      make.deviceIs(device),
      make.matched(fleet, device),
      make.selected(fleet, version, device),
    );
    expect(await worked()).toEqual([]);
    expect(await wants()).toEqual([
      { kind: 'device', reason: `template version ${version} has not arrived yet` },
    ]);
    await harness.handle(make.versionIs(version, fleet, inline('late')));
    await dueNow();
    expect(membersOf(await worked())).toMatchObject([{ device, renderedVersion: 1 }]);
  });

  it('the outside, with the reason; a repository that is not there is a failure', async () => {
    outside.error = new SourceError('unreachable', 'nobody answers');
    await harness.handle(
      make.repositoryIs(newUid(), 'config'),
      make.deviceIs(device, { spec: git('config') }),
      make.matched(null, device),
    );
    expect(await worked()).toEqual([]);
    expect(await wants()).toEqual([{ kind: 'contents', reason: 'motd: nobody answers' }]);
    outside.error = undefined;
    await dueNow();
    expect(membersOf(await worked())).toMatchObject([{ renderedVersion: 1 }]);
    await harness.handle(
      harness.event(deviceSpecUpdated, device, { spec: git('nowhere'), generation: 2 }),
    );
    expect(failuresOf(await worked())).toEqual([
      { device, message: 'motd: there is no repository "nowhere"' },
    ]);
  });

  it('what is not there, without holding back the devices that were to be rendered with it', async () => {
    const [other, broken] = [newUid(), newUid()];
    const frozen = { motd: { revision: 'abc', digest: `sha256:${'0'.repeat(64)}`, size: 1 } };
    await harness.handle(
      make.deviceIs(device),
      make.deviceIs(other),
      make.matched(fleet, device, other),
      make.versionIs(version, fleet, inline('all there')),
      make.versionIs(broken, fleet, git('config'), frozen),
      make.selected(fleet, version, device),
      make.selected(fleet, broken, other),
    );
    expect(membersOf(await worked())).toMatchObject([{ device, renderedVersion: 1 }]);
    expect(await wants()).toMatchObject([
      { kind: 'device', reason: expect.stringContaining('is not there') },
    ]);
    await harness.handle(make.selected(fleet, version, other));
    expect(membersOf(await worked())).toMatchObject([{ device: other, renderedVersion: 1 }]);
  });

  it('a slow repository without holding back any other device', async () => {
    const other = newUid();
    const { promise, resolve } = Promise.withResolvers<void>();
    outside.meanwhile = () => promise;
    await harness.handle(
      make.repositoryIs(newUid(), 'config'),
      make.deviceIs(device, { spec: git('config') }),
      make.deviceIs(other, { spec: inline('own') }),
      make.matched(null, device, other),
    );
    await scene.loops.once();
    const slow = scene.loops.contents.once();
    await scene.loops.devices.once();
    expect(membersOf(await harness.appended())).toMatchObject([{ device: other }]);
    resolve();
    await slow;
    expect(membersOf(await worked())).toMatchObject([{ device }]);
  });
});
