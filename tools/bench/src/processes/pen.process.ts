/** Writes as the gateway does, many devices at once. */
import { GatewayPen } from '@skein/device-simulator';
import { deviceOf } from '../scenarios/rollout/manifests.js';
import { given, serve } from './serve.js';

const pen = await GatewayPen.open(given('SKEIN_DATABASE_URL'), given('SKEIN_STREAM_REDIS_URL'));

/** Each device that has something new to run says that it runs it; answers how many did. */
async function report(): Promise<number> {
  const behind = await pen.behind();
  await pen.report(behind);
  return behind.length;
}

async function create(count: number): Promise<void> {
  await pen.create(Array.from({ length: count }, (_value, at) => deviceOf(at)));
}

serve(
  {
    create,
    relabel: (change: { pattern: string; labels: Record<string, string> }) => pen.relabel(change),
    report,
  },
  () => pen.close(),
);
