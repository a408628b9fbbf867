import { Controller } from '@nestjs/common';
import { Ctx, GrpcMethod, Payload } from '@nestjs/microservices';
import { API_VERSION, Device, type Document } from '@skein/api';
import { check } from '../resources/check.js';
import { DeviceStatusService } from '../resources/device-status.service.js';
import { DevicesService } from '../resources/devices.service.js';
import { RenderedService } from '../resources/rendered.service.js';
import type { OnGone } from '../resources/waiter.js';
import { WatchService } from '../resources/watch/watch.service.js';
import { Needs } from '../rights/needs.js';
import { Call } from './call.js';
import { resourceMethods } from './resource-methods.js';

interface Rendered {
  readonly name: string;
  readonly knownRenderedVersion?: string;
}

const DEVICES = { type: Device, kind: 'Device', plural: 'Devices', resource: 'devices' } as const;

const onAbortOf =
  (signal: AbortSignal): OnGone =>
  (end) => {
    if (signal.aborted) queueMicrotask(end);
    signal.addEventListener('abort', end);
    return () => signal.removeEventListener('abort', end);
  };

@Controller()
export class DeviceMethods extends resourceMethods(DEVICES) {
  constructor(
    devices: DevicesService,
    watches: WatchService,
    private readonly statuses: DeviceStatusService,
    private readonly documents: RenderedService,
  ) {
    super(devices, watches);
  }

  @GrpcMethod('DeviceService', 'GetDeviceStatus')
  @Needs('get', 'devices/status')
  async readStatus(@Payload() { name }: { readonly name: string }, @Ctx() { caller }: Call) {
    return { device: await this.statuses.read(caller, name) };
  }

  @GrpcMethod('DeviceService', 'ReportDeviceStatus')
  @Needs('update', 'devices/status')
  async report(
    @Payload() { name, ...said }: Document & { readonly name: string },
    @Ctx() { caller }: Call,
  ) {
    const head = { apiVersion: API_VERSION, kind: 'Device', metadata: {} };
    const { status } = check(Device, { ...head, ...said });
    return { device: await this.statuses.report(caller, name, status) };
  }

  /** Answers at once when there is something new, else waits for it. */
  @GrpcMethod('DeviceService', 'GetRenderedDevice')
  @Needs('get', 'devices/rendered')
  async rendered(
    @Payload() { name, knownRenderedVersion: known }: Rendered,
    @Ctx() { caller, signal }: Call,
  ) {
    const onGone = onAbortOf(signal);
    return { device: await this.documents.next(caller, { name, known, onGone }) };
  }
}
