import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import {
  DEFAULT_ORGANISATION,
  deviceDeleted,
  newUid,
  topology,
  UnreadableEvent,
} from '@skein/events';
import { migratedDatabase, type MigratedDatabase } from '@skein/migrate';
import { Postgres } from '@skein/postgres';
import { ConsumerLog } from './consumer-log.js';
import { EventLog } from './event-log.js';

let database: MigratedDatabase;
let admin: Postgres;
let postgres: Postgres;
let consumer: ConsumerLog;

beforeAll(async () => {
  database = await migratedDatabase(['selector']);
  admin = await Postgres.open({ url: database.adminUrl, applicationName: 'test' });
  postgres = await Postgres.open({ url: database.urlOf('selector'), applicationName: 'test' });
  consumer = new ConsumerLog(postgres, 'selector');
});
afterAll(async () => {
  await Promise.all([admin?.close(), postgres?.close()]);
  await database?.close();
});
beforeEach(async () => {
  await admin.query('truncate log.checkpoints, log.hearings');
  await EventLog.open(postgres, 'selector', () => undefined);
  await consumer.register();
});

describe('register', () => {
  const hearings = () =>
    admin.query<{ name: string; from: number }>(
      `select t.name, h.from_sequence as from from log.hearings h join log.types t on t.id = h.type order by 1`,
    );

  it('hears what the topology says, from the beginning, and can be repeated', async () => {
    await consumer.register();
    expect(await hearings()).toEqual(
      [...topology.selector].sort().map((name) => ({ name, from: 1 })),
    );
  });

  it('hears a type that is new in this build from now on, and moves no checkpoint', async () => {
    await admin.query('update log.checkpoints set number = 2');
    await admin.query('insert into log.sequence (sequence, position, type) values (7, 7, 1)');
    await admin.query(
      `delete from log.hearings where type = (select id from log.types where name = $1)`,
      [deviceDeleted.type],
    );
    await consumer.register();
    const later = (await hearings()).filter(({ from }) => from !== 1);
    expect(later).toEqual([{ name: deviceDeleted.type, from: 8 }]);
    expect(await admin.query(`select number from log.checkpoints`)).toEqual([{ number: 2 }]);
    await admin.query('truncate log.sequence');
  });
});

describe('read', () => {
  it('reads an event from the log by its number, as it was appended', async () => {
    const gateway = await EventLog.open(
      await Postgres.open({ url: database.urlOf('gateway'), applicationName: 'test' }),
      'gateway',
      () => undefined,
    );
    const event = {
      definition: deviceDeleted,
      org: DEFAULT_ORGANISATION,
      subject: newUid(),
      data: { name: '"\u2028é' },
    };
    const [appended] = await gateway.commit(async () => ({
      events: [event],
      result: (made) => made,
    }));
    await admin.query(`insert into log.sequence select 5, position, type from log.events`);
    const { id, version } = appended!;
    const envelope = {
      id,
      version,
      org: event.org,
      subject: event.subject,
      data: event.data,
      kind: 'Device',
      source: '/gateway',
      type: deviceDeleted.type,
    };
    const read = await consumer.read(5);
    expect(read).toEqual({
      sequence: 5,
      event: { ...envelope, time: expect.stringMatching(/^\d{4}-.*Z$/) },
    });
    expect(await consumer.read(6)).toBeUndefined();
    await gateway.postgres.close();
  });

  it('says that it cannot read a type of a newer build', async () => {
    await admin.query(`update log.types set name = 'skein.device.deleted.v9' where name = $1`, [
      deviceDeleted.type,
    ]);
    await expect(consumer.read(5)).rejects.toBeInstanceOf(UnreadableEvent);
  });
});
