import { bootConsumer, hold, release, takeEntered } from '../engine.js';
import { respond } from './serve.js';

if (process.env['BENCH_HOLD']) hold();
await bootConsumer();
respond({ take: takeEntered, release });
