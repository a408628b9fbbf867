import { afterEach, beforeEach, expect, it, jest } from '@jest/globals';
import { StillAnswered } from './still-answered.js';

beforeEach(() => void jest.useFakeTimers());
afterEach(() => void jest.useRealTimers());

it('minds only a long time without an answer', () => {
  const acknowledged = [{ kind: 'Device', name: 'x', version: 1, write: 1 }] as const;
  const writers = { acknowledged: [...acknowledged] };
  const answered = new StillAnswered(writers);
  jest.advanceTimersByTime(1_900);
  answered.look();
  writers.acknowledged.push(...acknowledged);
  jest.advanceTimersByTime(200);
  answered.look();
  jest.advanceTimersByTime(1_900);
  answered.look();
  jest.advanceTimersByTime(200);
  expect(() => answered.look()).toThrow('no write was answered');
});
