import { Module } from '@nestjs/common';
import { ServiceModule } from '@skein/service';
import { ReplayerConfig } from './replayer.config.js';
import { Replayer } from './replayer.js';

@Module({
  imports: [ServiceModule.for({ room: 'replayer', config: ReplayerConfig })],
  providers: [Replayer],
})
export class AppModule {}
