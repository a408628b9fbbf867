import { bootConsumer, takeEntered } from '../engine.js';
import { respond } from './serve.js';

await bootConsumer();
respond({ take: takeEntered });
