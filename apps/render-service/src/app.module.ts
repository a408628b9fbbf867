import { Module } from '@nestjs/common';
import { ServiceModule } from '@skein/service';
import { taskProviders } from '@skein/task';
import { ContentsRenderer } from './contents-renderer.js';
import { DeviceContents } from './device-contents.js';
import { DeviceRenderer } from './device-renderer.js';
import { freezingProviders } from './freezing.js';
import { PendingDevices } from './pending-devices.js';
import { PendingRenderer } from './pending-renderer.js';
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
    RenderedStore,
    DeviceContents,
    DeviceRenderer,
    PendingRenderer,
    ContentsRenderer,
    RenderLoops,
    ...freezingProviders,
    ...taskProviders(RenderTask, RenderSweep),
  ],
})
export class AppModule {}
