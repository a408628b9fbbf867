import {
  devicesFailed,
  devicesRendered,
  type DevicesFailed,
  type DevicesRendered,
  type RenderedDevice,
} from '@skein/events';
import {
  devices,
  telling,
  type MemberScene,
  type NameOf,
  type Scene,
  type Told,
} from './telling.js';

const ofVersion = (uid: string | null, name: NameOf): string =>
  uid === null ? 'from its own spec' : `from template version ${name(uid)}`;

/** Devices without a fleet are rendered on their own: the event is about the device. */
function rendered({ templateVersion, members }: DevicesRendered, { name, count }: Scene): Told {
  const what =
    templateVersion === null
      ? `version ${members[0]!.renderedVersion} of its document`
      : devices(count);
  return {
    reason: 'DeviceRendered',
    message: `rendered ${what} ${ofVersion(templateVersion, name)}`,
  };
}

function failed({ templateVersion, members }: DevicesFailed, { name, count }: Scene): Told {
  const [{ device, message }] = members as [DevicesFailed['members'][number]];
  const what =
    templateVersion === null ? 'cannot be rendered ' : `cannot render ${devices(count)} `;
  const which = templateVersion === null ? '' : `Device ${name(device)}: `;
  return {
    reason: 'DeviceSpecInvalid',
    message: `${what}${ofVersion(templateVersion, name)}: ${which}${message}`,
  };
}

function renderedOne(
  { renderedVersion }: RenderedDevice,
  { templateVersion }: DevicesRendered,
  { name, before }: MemberScene<RenderedDevice>,
): Told {
  const document = `rendered version ${renderedVersion}, ${ofVersion(templateVersion, name)}`;
  return before?.type === devicesFailed.type
    ? { reason: 'DeviceSpecValid', message: `can be rendered again, and has ${document}` }
    : { reason: 'DeviceRendered', message: `has ${document}` };
}

export const renderTellings = [
  telling(devicesRendered, {
    reasons: ['DeviceRendered'],
    tell: rendered,
    device: {
      reasons: ['DeviceRendered', 'DeviceSpecValid'],
      tell: renderedOne,
      matter: 'document',
    },
  }),
  telling(devicesFailed, {
    reasons: ['DeviceSpecInvalid'],
    tell: failed,
    device: {
      reasons: ['DeviceSpecInvalid'],
      tell: ({ message }, { templateVersion }, { name }) => ({
        reason: 'DeviceSpecInvalid',
        message: `cannot be rendered ${ofVersion(templateVersion, name)}: ${message}`,
      }),
      matter: 'document',
    },
  }),
];
