/** Listens as a replayer would, to both ways of being woken, and notes when it was. */
import { Redis } from 'ioredis';
import pg from 'pg';
import { now } from '../clock.js';
import { WAKE_CHANNEL } from '../engine.js';
import { given, serve } from './serve.js';

let woken: number[] = [];
const wake = () => woken.push(now());

const redis = new Redis(given('SKEIN_STREAM_REDIS_URL'));
redis.on('message', wake);
await redis.subscribe(WAKE_CHANNEL);

const client = new pg.Client({ connectionString: given('SKEIN_DATABASE_URL') });
client.on('notification', wake);
await client.connect();
await client.query(`listen ${given('BENCH_CHANNEL')}`);

async function close(): Promise<void> {
  redis.disconnect();
  await client.end();
}

/** When it was woken since it was asked before. */
async function take(): Promise<number[]> {
  const taken = woken;
  woken = [];
  return taken;
}

serve({ take }, close);
