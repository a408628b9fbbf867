import { hostname } from 'node:os';
import type { INestApplicationContext } from '@nestjs/common';
import { WorkerConfig } from '@skein/config';
import { ConsumerLog, EventLog } from '@skein/event-log';
import { streamKey, type Group } from '@skein/events';
import { openRedis } from '@skein/redis';
import { StreamReader, StreamTransport, UNIT_OF_WORK, type UnitOfWork } from '@skein/stream';
import { LOGGER, type Logger } from '@skein/telemetry';
import { ROOM } from './tokens.js';

function readersFor(config: WorkerConfig, room: Group, logger: Logger) {
  const consumer = `${hostname()}-${process.pid}-${Date.now().toString(36)}`;
  const open = (use: string) =>
    openRedis({ ...config.streamRedis, name: `skein-${room}-${use}`, logger });
  const { batchSize, batchBytes, claimAfterMs } = config;
  return (partition: number) =>
    new StreamReader(open('read'), open('commands'), {
      key: streamKey(config.streamPrefix, room, partition),
      group: room,
      consumer,
      ...{ batchSize, batchBytes, claimAfterMs },
    });
}

/** Registers what the service hears and makes the transport that brings it. */
export async function transportFor(app: INestApplicationContext): Promise<StreamTransport> {
  const room = app.get<Group>(ROOM);
  const config = app.get(WorkerConfig);
  const consumer = app.get(ConsumerLog);
  await consumer.register();
  app.get(EventLog).announce();
  const logger = app.get<Logger>(LOGGER);
  return new StreamTransport({
    group: room,
    partitions: () => consumer.partitions(),
    readerOf: readersFor(config, room, logger),
    unit: app.get<UnitOfWork>(UNIT_OF_WORK),
    logger,
    claimAfterMs: config.claimAfterMs,
    batchBytes: config.batchBytes,
  });
}
