import { APPLICATION_TYPES } from './application.js';
import { Condition } from './metadata.js';
import { Nested, NestedList, Text, Time } from './property.js';
import {
  flag,
  listOf,
  oneOf,
  Reported,
  ReportedList,
  shaped,
  text,
  time,
  whole,
} from './reported.js';

export const UPDATED_STATUSES = ['UpToDate', 'OutOfDate', 'Updating', 'Unknown'] as const;
export type UpdatedStatus = (typeof UPDATED_STATUSES)[number];

export class DeviceConfigStatus {
  @Text({ pattern: /^\d{0,15}$/, description: 'The rendered version that the device runs.' })
  renderedVersion: string;
}

export class DeviceUpdatedStatus {
  @Text({ oneOf: UPDATED_STATUSES })
  status: UpdatedStatus;

  @Text({ optional: true })
  info?: string;
}

const load = oneOf('Healthy', 'Warning', 'Critical', 'Error', 'Unknown');
const check = shaped({
  required: { status: oneOf('Unknown', 'Unsupported', 'Failed', 'Verified') },
  optional: { info: text },
});
const summaryOf = (...values: string[]) => ({
  required: { status: oneOf(...values) },
  optional: { info: text },
});

const SYSTEM_INFO = {
  required: { architecture: text, bootID: text, operatingSystem: text, agentVersion: text },
  optional: { customInfo: shaped({ others: text }) },
  others: text,
};

const ENABLED = ['enabled', 'enabled-runtime', 'linked', 'linked-runtime', 'alias', 'masked'];
const NOT_ENABLED = ['masked-runtime', 'static', 'disabled', 'indirect', 'generated', 'transient'];
const LOADED = ['stub', 'loaded', 'not-found', 'bad-setting', 'error', 'merged', 'masked'];
const ACTIVE = ['active', 'reloading', 'inactive', 'failed', 'activating', 'deactivating'];

const UNIT = {
  required: {
    unit: text,
    description: text,
    enableState: oneOf(...ENABLED, ...NOT_ENABLED, 'bad', 'unknown', ''),
    loadState: oneOf(...LOADED, 'unknown'),
    activeState: oneOf(...ACTIVE, 'maintenance', 'refreshing', 'unknown'),
    subState: text,
  },
};

const APPLICATION_STATES = ['Preparing', 'Starting', 'Running', 'Error', 'Unknown', 'Completed'];

const APPLICATION = {
  required: {
    name: text,
    ready: text,
    restarts: whole,
    status: oneOf(...APPLICATION_STATES, 'Stopped', 'Stopping'),
    embedded: flag,
    appType: oneOf(...APPLICATION_TYPES),
  },
  optional: {
    runAs: text,
    volumes: listOf(shaped({ required: { name: text, reference: text } })),
  },
};

const SUMMARIES = ['Online', 'Degraded', 'Error', 'Rebooting', 'PoweredOff', 'Unknown'];

/** What a device's agent reports; shown with what is known of members that it left out. */
export class DeviceStatus {
  @NestedList(() => Condition, { optional: true })
  conditions?: Condition[];

  @Reported(SYSTEM_INFO)
  systemInfo?: object;

  @ReportedList(UNIT)
  systemd?: object[];

  @ReportedList(APPLICATION)
  applications?: object[];

  @Reported(summaryOf('Healthy', 'Degraded', 'Error', 'Unknown', 'NoApplications'))
  applicationsSummary?: object;

  @Reported({ required: { cpu: load, memory: load, disk: load } })
  resources?: object;

  @Reported({
    ...summaryOf('Verified', 'Failed', 'Unknown', 'Unsupported'),
    optional: { info: text, deviceIdentity: check, tpm: check, lastVerified: time },
  })
  integrity?: object;

  @Nested(() => DeviceConfigStatus, { optional: true })
  config?: DeviceConfigStatus;

  @Reported({ required: { image: text, imageDigest: text } })
  os?: object;

  @Nested(() => DeviceUpdatedStatus, { optional: true })
  updated?: DeviceUpdatedStatus;

  @Reported(summaryOf(...SUMMARIES, 'AwaitingReconnect', 'ConflictPaused'))
  summary?: object;

  @Time({ optional: true })
  lastSeen?: string;

  @Reported(summaryOf('Unknown', 'Enrolled', 'Decommissioning', 'Decommissioned'))
  lifecycle?: object;

  @Reported({
    optional: {
      configRefs: listOf(
        shaped({
          required: { configProviderName: text },
          optional: { fingerprint: text, lastUpdatedAt: time },
        }),
      ),
    },
  })
  dependencySync?: object;

  @Reported({ optional: { osMode: oneOf('image', 'package') } })
  capabilities?: object;
}

export class DeviceLastSeen {
  @Time({ description: 'When the device reported last.' })
  lastSeen: string;
}
