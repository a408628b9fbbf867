import { describe, expect, it } from '@jest/globals';
import { isTransient, sqlState } from './errors.js';

const state = (code: string) => Object.assign(new Error('refused'), { code });

describe('a failure that says nothing about the work', () => {
  it.each([
    ['a serialisation failure', state('40001')],
    ['a deadlock', state('40P01')],
    ['a lock time-out', state('55P03')],
    ['a transaction that was idle for too long', state('25P03')],
    ['too many connections', state('53300')],
    ['a full disk', state('53100')],
    ['too little memory', state('53200')],
    ['a server that stops', state('57P01')],
    ['a server that crashed', state('57P02')],
    ['a server that starts', state('57P03')],
    ['a connection failure', state('08006')],
    ['a protocol violation', state('08P01')],
    ['a refused connection', state('ECONNREFUSED')],
    ['a reset connection', state('ECONNRESET')],
    ['a broken pipe', state('EPIPE')],
    ['a network time-out', state('ETIMEDOUT')],
    ['a host that is not reached', state('EHOSTUNREACH')],
    ['a name that is not resolved just now', state('EAI_AGAIN')],
    ['a lost connection', new Error('Connection terminated unexpectedly')],
    [
      'a connection that took too long',
      new Error('Connection terminated due to connection timeout'),
    ],
    ['a pool that had none free', new Error('timeout exceeded when trying to connect')],
    [
      'a connection that broke before',
      new Error('Client has encountered a connection error and is not queryable'),
    ],
    [
      "a connection that TypeORM's manager lost",
      Object.assign(new Error('Query runner already released. Cannot run queries anymore.'), {
        name: 'QueryRunnerAlreadyReleasedError',
      }),
    ],
  ])('%s', (_name, error) => {
    expect(isTransient(error)).toBe(true);
  });
});

describe('a failure of the work', () => {
  it.each([
    ['a unique violation', state('23505')],
    ['a foreign key violation', state('23503')],
    ['a null', state('23502')],
    ['a wrong type', state('22P02')],
    ['an unknown table', state('42P01')],
    ['a missing privilege', state('42501')],
    ['an exception of a function', state('P0001')],
    ['an error of ours', Object.assign(new Error('refused'), { code: 'too-large' })],
    ['a missing file', state('ENOENT')],
    ['any other error', new Error('poisoned')],
    ['a text', 'poisoned'],
    ['nothing', undefined],
    ['null', null],
  ])('%s', (_name, error) => {
    expect(isTransient(error)).toBe(false);
  });
});

describe('sqlState', () => {
  it.each([
    [state('40001'), '40001'],
    [state('P0001'), 'P0001'],
    [state('EPIPE'), undefined],
    [state('ECONNRESET'), undefined],
    [Object.assign(new Error('number'), { code: 40001 }), undefined],
    [new Error('none'), undefined],
    [null, undefined],
  ])('of %s is %s', (error, expected) => {
    expect(sqlState(error)).toBe(expected);
  });
});
