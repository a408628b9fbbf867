import { describe, expect, it } from '@jest/globals';
import { Closing } from './closing.js';

describe('Closing', () => {
  it('closes in the opposite order, each once', async () => {
    const closed: string[] = [];
    const closing = new Closing();
    closing.add(async () => closed.push('first'));
    closing.add(() => void closed.push('second'));
    await Promise.all([closing.close(), closing.close()]);
    expect(closed).toEqual(['second', 'first']);
  });

  it('closes the others although one fails', async () => {
    const closed: string[] = [];
    const closing = new Closing();
    closing.add(async () => closed.push('first'));
    closing.add(() => Promise.reject(new Error('refused')));
    closing.add(() => {
      throw new Error('refused at once');
    });
    await closing.close();
    expect(closed).toEqual(['first']);
  });
});
