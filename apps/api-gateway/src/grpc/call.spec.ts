import { EventEmitter } from 'node:events';
import { Metadata } from '@grpc/grpc-js';
import { describe, expect, it } from '@jest/globals';
import { services } from '@skein/api';
import { Call, type ServerCall } from './call.js';

const [method] = services[0]!.methods;

/** As much of a call of the library as is looked at. */
function serverCall(given: Partial<{ cancelled: boolean }> = {}): ServerCall {
  const call = new EventEmitter();
  const about = { metadata: new Metadata(), cancelled: false, sendMetadata: () => undefined };
  return Object.assign(call, about, given) as unknown as ServerCall;
}

const never = () => new Promise<never>(() => undefined);

describe('a call', () => {
  it('takes no longer than it may, also without a deadline', async () => {
    const call = new Call(serverCall(), method!, 5);
    await expect(call.whileWanted(never)).rejects.toMatchObject({ code: 'deadline' });
    expect(call.signal.aborted).toBe(true);
  });

  it('begins nothing when it is over', async () => {
    let begun = false;
    const call = new Call(serverCall({ cancelled: true }), method!, 60_000);
    const work = () => Promise.resolve((begun = true));
    await expect(call.whileWanted(work)).rejects.toMatchObject({ code: 'cancelled' });
    expect(begun).toBe(false);
  });

  it('speaks for nobody before somebody was let in', () => {
    const call = new Call(serverCall(), method!);
    expect(() => call.caller).toThrow('past the guard');
  });
});
