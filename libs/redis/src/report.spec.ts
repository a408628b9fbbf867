import { EventEmitter } from 'node:events';
import { describe, expect, it } from '@jest/globals';
import type { Redis } from 'ioredis';
import { report } from './report.js';

describe('the report of a connection', () => {
  it('has each reason once until Redis can be used again, also when they take turns', () => {
    const said: string[] = [];
    const warn = (fields: object) => void said.push((fields as { reason: string }).reason);
    const ignore = () => undefined;
    const logger = { debug: ignore, info: () => void said.push('ready'), warn, error: ignore };
    const redis = new EventEmitter();
    report(redis as Redis, 'skein-test-report', logger);
    for (const reason of ['one', 'other', 'one']) redis.emit('error', new Error(reason));
    redis.emit('ready');
    redis.emit('ready');
    redis.emit('error', new Error('one'));
    expect(said).toEqual(['one', 'other', 'ready', 'one']);
  });
});
