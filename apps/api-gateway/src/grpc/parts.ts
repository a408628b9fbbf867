import { CallStreams } from './call-streams.js';
import { DeviceTokenMethods } from './device-tokens.methods.js';
import { DeviceMethods } from './devices.methods.js';
import { GrpcDoor } from './door.js';
import { FleetMethods } from './fleets.methods.js';
import { GrpcHealth } from './health.js';
import { ReadingMethods } from './reading.methods.js';
import { RepositoryMethods } from './repositories.methods.js';
import { CallRightsGuard } from './rights.guard.js';
import { RolloutMethods } from './rollouts.methods.js';
import { TemplateVersionMethods } from './template-versions.methods.js';
import { SystemMethods } from './system.methods.js';

/** Where calls are handled. */
export const grpcControllers = [
  DeviceMethods,
  DeviceTokenMethods,
  FleetMethods,
  RepositoryMethods,
  ReadingMethods,
  TemplateVersionMethods,
  RolloutMethods,
  SystemMethods,
];

/** The gRPC door and what it needs. */
export const grpcProviders = [GrpcHealth, CallStreams, GrpcDoor, CallRightsGuard];
