import { Module } from '@nestjs/common';
import { APP_FILTER, APP_GUARD } from '@nestjs/core';
import { BlobStore, openBlobs, Sealer } from '@skein/blobs';
import { EventLog } from '@skein/event-log';
import { Postgres } from '@skein/postgres';
import { ServiceModule } from '@skein/service';
import { taskProviders } from '@skein/task';
import { DeviceRow } from './entities/device-row.js';
import { FleetRow } from './entities/fleet-row.js';
import { RepositoryRow } from './entities/repository-row.js';
import { GatewayConfig } from './gateway.config.js';
import { GatewayConsumer } from './gateway.consumer.js';
import { GatewaySweep } from './gateway.sweep.js';
import { GatewayTask } from './gateway.task.js';
import { GatewayView } from './gateway.view.js';
import { grpcControllers, grpcProviders } from './grpc/parts.js';
import { Backlog } from './limits/backlog.js';
import { BodyRoom } from './limits/body-room.js';
import { HeapRoom } from './limits/heap-room.js';
import { ConfiguredRates } from './limits/rate-limits.provider.js';
import { TrustedProxies } from './limits/trusted-proxies.js';
import { DeviceStatusService } from './resources/device-status.service.js';
import { DeviceTokensService } from './resources/device-tokens.service.js';
import { DispatchingService } from './resources/dispatching.service.js';
import { DevicesService } from './resources/devices.service.js';
import { EventsService } from './resources/events/events.service.js';
import { FleetsService } from './resources/fleets.service.js';
import { IdempotencyKeys } from './resources/idempotency-keys.js';
import { OrganisationDatabases } from './resources/organisation-database.js';
import { LabelsService } from './resources/labels.service.js';
import { Presence } from './resources/presence.js';
import { RenderedService } from './resources/rendered.service.js';
import { RenderedWaiters } from './resources/rendered-waiters.js';
import { RepositoriesService } from './resources/repositories.service.js';
import { RepositoryCredentials } from './resources/repository-credentials.js';
import { RepositoryUsers } from './resources/repository-users.js';
import { RepositoryWebhooksService } from './resources/repository-webhooks.service.js';
import { RolloutDryRunService } from './resources/rollout-dry-run.service.js';
import { RolloutRequestsService } from './resources/rollout-requests.service.js';
import { RolloutsService } from './resources/rollouts.service.js';
import { TemplateVersionsService } from './resources/template-versions.service.js';
import { ChangeFeed } from './resources/watch/change-feed.js';
import { ListPositions } from './resources/watch/list-positions.js';
import { Positions } from './resources/watch/positions.js';
import { WatchService } from './resources/watch/watch.service.js';
import { DeviceAgentController } from './rest/device-agent.controller.js';
import { DeviceTokensController } from './rest/device-tokens.controller.js';
import { DispatchingController } from './rest/dispatching.controller.js';
import { AboutController } from './rest/about.controller.js';
import { AuthController } from './rest/auth.controller.js';
import { LabelsController } from './rest/labels.controller.js';
import { DevicesController } from './rest/devices.controller.js';
import { EventsController } from './rest/events.controller.js';
import { FleetStatusController } from './rest/fleet-status.controller.js';
import { FleetsController } from './rest/fleets.controller.js';
import { RepositoriesController } from './rest/repositories.controller.js';
import { RepositoryWebhooksController } from './rest/repository-webhooks.controller.js';
import { FleetRolloutsController, RolloutsController } from './rest/rollouts.controller.js';
import { StatusFilter } from './rest/status.filter.js';
import { KnownParameters } from './rest/known-parameters.guard.js';
import { KvController } from './rest/kv.controller.js';
import { StreamsController } from './rest/streams.controller.js';
import { TemplateVersionsController } from './rest/template-versions.controller.js';
import { DeadLettersController, ParkedController } from './rest/waiting-events.controller.js';
import { KvService } from './system/kv.service.js';
import { StreamsService } from './system/streams.service.js';
import { UnbuiltController } from './rest/unbuilt.controller.js';
import { Admission } from './rights/admission.js';
import { DeviceTokens } from './rights/device-tokens.js';
import { identitiesProvider } from './rights/identities.provider.js';
import { RightsGuard } from './rest/rights.guard.js';
import { WaitingEventsService } from './system/waiting-events.service.js';

const entities = [RepositoryRow, FleetRow, DeviceRow];

const blobs = [
  {
    provide: BlobStore,
    useFactory: (postgres: Postgres, { sealingKeys }: GatewayConfig) =>
      openBlobs(postgres, sealingKeys).store,
    inject: [Postgres, GatewayConfig],
  },
  {
    provide: Sealer,
    useFactory: ({ sealingKeys }: GatewayConfig) => new Sealer(sealingKeys),
    inject: [GatewayConfig],
  },
];

/** All that is done for one organisation reaches PostgreSQL by it. */
const organisations = {
  provide: OrganisationDatabases,
  useFactory: (log: EventLog) => OrganisationDatabases.open(log),
  inject: [EventLog],
};

const watching = [ChangeFeed, Positions, ListPositions, WatchService];

const resources = [
  RepositoryCredentials,
  RepositoryUsers,
  IdempotencyKeys,
  RepositoriesService,
  RepositoryWebhooksService,
  FleetsService,
  DevicesService,
  DeviceStatusService,
  DeviceTokensService,
  RenderedWaiters,
  RenderedService,
  TemplateVersionsService,
  RolloutsService,
  RolloutRequestsService,
  RolloutDryRunService,
  DispatchingService,
  Presence,
  EventsService,
  LabelsService,
  StreamsService,
  KvService,
  WaitingEventsService,
];

@Module({
  imports: [
    ServiceModule.for({ room: 'gateway', config: GatewayConfig, entities, hasUsers: true }),
  ],
  controllers: [
    GatewayConsumer,
    RepositoriesController,
    RepositoryWebhooksController,
    FleetsController,
    FleetStatusController,
    TemplateVersionsController,
    FleetRolloutsController,
    RolloutsController,
    DispatchingController,
    DevicesController,
    DeviceAgentController,
    DeviceTokensController,
    EventsController,
    StreamsController,
    KvController,
    DeadLettersController,
    ParkedController,
    AboutController,
    AuthController,
    LabelsController,
    UnbuiltController,
    ...grpcControllers,
  ],
  providers: [
    ...blobs,
    organisations,
    ...resources,
    ...watching,
    GatewayView,
    ...grpcProviders,
    DeviceTokens,
    identitiesProvider,
    Backlog,
    HeapRoom,
    BodyRoom,
    ConfiguredRates,
    TrustedProxies,
    Admission,
    ...taskProviders(GatewayTask, GatewaySweep),
    { provide: APP_GUARD, useClass: RightsGuard },
    { provide: APP_GUARD, useClass: KnownParameters },
    { provide: APP_FILTER, useClass: StatusFilter },
  ],
})
export class AppModule {}
