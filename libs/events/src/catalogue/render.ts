import { define } from '../define.js';

export interface RenderedDevice {
  readonly device: string;
  /** Grows by one only when the document changes. */
  readonly renderedVersion: number;
  /** Digest of the document in blobs. */
  readonly digest: string;
  /** Bytes of the document. */
  readonly size: number;
}
export interface DevicesRendered {
  /** Uid of the template version; null for a device without a fleet. */
  readonly templateVersion: string | null;
  readonly members: readonly RenderedDevice[];
}
export const devicesRendered = define<DevicesRendered>(
  'Rendering',
  'skein.rendering.devices-rendered.v1',
  ['templateVersion', 'members'],
);

export interface DevicesFailed {
  readonly templateVersion: string | null;
  readonly members: readonly { readonly device: string; readonly message: string }[];
}
export const devicesFailed = define<DevicesFailed>(
  'Rendering',
  'skein.rendering.devices-failed.v1',
  ['templateVersion', 'members'],
);
