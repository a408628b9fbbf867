import { Module } from '@nestjs/common';
import { ServiceModule } from '@skein/service';
import { taskProviders } from '@skein/task';
import { AskedReferences } from './asked-references.js';
import { CacheCleaner } from './cache-cleaner.js';
import { CachedContents } from './cached-contents.js';
import { CachedSources } from './cached-sources.js';
import { DeviceRenderer } from './device-renderer.js';
import { freezingProviders } from './freezing.js';
import { FrozenContents } from './frozen-contents.js';
import { FrozenReferences } from './frozen-references.js';
import { PendingDevices } from './pending-devices.js';
import { PendingRenderer } from './pending-renderer.js';
import { Readiness } from './readiness.js';
import { ReferenceAsker } from './reference-asker.js';
import { ReferenceFetcher } from './reference-fetcher.js';
import { RenderCache } from './render-cache.js';
import { RenderConfig } from './render.config.js';
import { RenderConsumer } from './render.consumer.js';
import { RenderLoops } from './render-loops.js';
import { RenderSweep } from './render.sweep.js';
import { RenderTask } from './render.task.js';
import { RenderView } from './render.view.js';
import { RenderedStore } from './rendered-store.js';
import { TemplateVersions } from './template-versions.js';

@Module({
  imports: [ServiceModule.for({ room: 'render', config: RenderConfig })],
  controllers: [RenderConsumer],
  providers: [
    RenderView,
    PendingDevices,
    TemplateVersions,
    FrozenContents,
    FrozenReferences,
    Readiness,
    ReferenceAsker,
    RenderedStore,
    DeviceRenderer,
    PendingRenderer,
    AskedReferences,
    RenderCache,
    CachedContents,
    CachedSources,
    CacheCleaner,
    ReferenceFetcher,
    RenderLoops,
    ...freezingProviders,
    ...taskProviders(RenderTask, RenderSweep),
  ],
})
export class AppModule {}
