import { describe, expect, it } from '@jest/globals';
import { waitFor } from './wait-for.js';

describe('waitFor', () => {
  it('resolves with the first truthy value, also after errors', async () => {
    let looks = 0;
    const value = await waitFor(
      () => {
        looks += 1;
        if (looks === 1) throw new Error('not yet');
        return looks === 3 ? 'here' : undefined;
      },
      { intervalMs: 1 },
    );
    expect([value, looks]).toEqual(['here', 3]);
  });

  it('names what it waited for and the last error', async () => {
    const refuse = (): never => {
      throw new Error('connection refused');
    };
    const waiting = waitFor(refuse, { timeoutMs: 5, intervalMs: 1, message: 'the server' });
    await expect(waiting).rejects.toThrow(/in vain for the server: Error: connection refused/);
  });

  it('looks at least once', async () => {
    expect(await waitFor(() => 1, { timeoutMs: 0 })).toBe(1);
  });
});
