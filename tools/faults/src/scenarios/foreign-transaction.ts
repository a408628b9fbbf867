import { setTimeout as sleep } from 'node:timers/promises';
import { openTransaction, waitFor } from '@skein/testing';
import type { Scenario } from '../scenario.js';
import type { Stage } from '../stage/stage.js';

const settledWithinMs = 10_000;

async function numberIn({ postgres }: Stage, sql: string): Promise<number> {
  const [row] = await postgres.query<{ number: number }>(sql);
  return row!.number;
}

const lastNumber = (stage: Stage) =>
  numberIn(stage, 'select max(sequence) as number from log.sequence');
const settled = (stage: Stage) => numberIn(stage, 'select position as number from log.settled');

export const foreignTransaction: Scenario = {
  name: 'foreign-transaction',
  title: 'a foreign transaction stays open all the time; others draw positions and roll back',
  quick: false,
  run: async ({ stage, random, say, atEnd }) => {
    await stage.postgres.query('create table faults.foreign_work (done text)');
    const foreign = await openTransaction(stage.database.url);
    atEnd(() => foreign.rollback());
    await foreign.query(`insert into faults.foreign_work values ('half')`);
    say('a foreign transaction has written, and stays open until the end');
    for (let times = random.between(3, 6); times > 0; times -= 1) {
      const drawing = await openTransaction(stage.database.url);
      const [drawn] = await drawing.query<{ position: number }>(
        `select pg_current_xact_id(), nextval('log.event_position')::bigint as position`,
      );
      await sleep(random.between(200, 1_000));
      const before = await lastNumber(stage);
      await sleep(random.between(1_000, 3_000));
      const numbered = (await lastNumber(stage)) - before;
      if (numbered === 0) throw new Error('nothing is numbered while a position is held');
      if ((await settled(stage)) >= drawn!.position) throw new Error('a held position is settled');
      await drawing.rollback();
      await waitFor(async () => (await settled(stage)) >= drawn!.position, {
        timeoutMs: settledWithinMs,
        message: 'the rolled-back position to be forgotten',
      });
      say(`${numbered} events were numbered past a held position, which is forgotten now`);
      await sleep(random.between(0, 500));
    }
  },
};
