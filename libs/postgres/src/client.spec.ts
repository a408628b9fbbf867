import { describe, expect, it } from '@jest/globals';
import { clientWith } from './client.js';

describe('a client of the pool', () => {
  it('does not end the process when the server ends a connection that nobody looks at', () => {
    const client = new (clientWith())();
    expect(() => client.emit('error', new Error('terminating connection'))).not.toThrow();
  });

  it('asks for its password when there is a function for it', () => {
    const client = new (clientWith(() => 'rotated'))('postgres://somebody@127.0.0.1/skein');
    expect((client as unknown as { password: () => string }).password()).toBe('rotated');
  });
});
