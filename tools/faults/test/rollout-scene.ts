import { newUid } from '@skein/events';
import { LogScene } from './log-scene.js';

/** A log about the rollouts of one fleet; each function appends an event, of the latest rollout and its template version. */
export class RolloutScene {
  fleet = '';
  rollout = '';
  version = '';
  private opened: LogScene | undefined;

  get log(): LogScene {
    return this.opened!;
  }

  readonly open = async () => void (this.opened = await LogScene.open());
  readonly close = async () => this.opened?.close();

  /** An empty log but for the fleet. */
  readonly begin = async (rolloutPolicy: object | null) => {
    await this.log.clear();
    const parts = { generation: 1, selector: {}, template: {}, rolloutPolicy };
    this.fleet = await this.log.event('fleet.created', { name: 'f', ...parts });
  };

  readonly start = async (more: object = {}) => {
    this.version = newUid();
    const data = { ...this.about(), strategy: 'BatchSequence', ...more };
    this.rollout = await this.log.event('rollout.started', data);
  };

  readonly dispatch = (batch: number, rollout = this.rollout) =>
    this.log.event('rollout.batch-dispatched', { ...this.about(), batch }, rollout);

  readonly select = (batch: number | null, ...devices: string[]) => {
    const data = { ...this.about(), batch, members: devices.map((device) => ({ device })) };
    return this.log.event('rollout.devices-selected', data, this.rollout);
  };

  readonly render = (renderedVersion: number, ...devices: string[]) => {
    const members = devices.map((device) => ({ device, renderedVersion, digest: '', size: 1 }));
    const data = { templateVersion: this.version, members };
    return this.log.event('rendering.devices-rendered', data, this.fleet);
  };

  readonly report = (device: string, renderedVersion: number) =>
    this.log.event('device.status-reported', { renderedVersion, updated: 'UpToDate' }, device);

  /** They are rendered, and report it. */
  readonly run = async (renderedVersion: number, ...devices: string[]) => {
    await this.render(renderedVersion, ...devices);
    for (const device of devices) await this.report(device, renderedVersion);
  };

  readonly fail = (...devices: string[]) => {
    const members = devices.map((device) => ({ device, message: 'no such key' }));
    const data = { templateVersion: this.version, members };
    return this.log.event('rendering.devices-failed', data, this.fleet);
  };

  readonly timeOut = (...devices: string[]) => {
    const members = devices.map((device) => ({ device, batch: 1 }));
    const data = { ...this.about(), timeoutSeconds: 60, members };
    return this.log.event('rollout.devices-timed-out', data, this.rollout);
  };

  readonly match = (owner: string | null, ...devices: string[]) => {
    const members = devices.map((device) => ({ device, owner, labelsVersion: 1 }));
    return this.log.event('matching.devices-matched', { members });
  };

  readonly remove = (device: string) => this.log.event('device.deleted', { name: 'd' }, device);

  readonly complete = () => this.log.event('rollout.completed', this.about(), this.rollout);

  private about() {
    return { fleet: this.fleet, templateVersion: this.version };
  }
}
