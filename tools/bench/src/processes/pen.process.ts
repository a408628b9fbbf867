/** Writes as the gateway does, many devices at once. */
import { Pen } from '../scenarios/rollout/pen.js';
import { given, serve } from './serve.js';

const pen = await Pen.open(given('SKEIN_DATABASE_URL'), given('SKEIN_STREAM_REDIS_URL'));

serve(
  {
    create: (count: number) => pen.create(count),
    relabel: (change: { pattern: string; labels: Record<string, string> }) => pen.relabel(change),
    report: () => pen.report(),
  },
  () => pen.close(),
);
