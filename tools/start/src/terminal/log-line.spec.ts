import { describe, expect, it } from '@jest/globals';
import { readLogLine } from './log-line.js';

describe('readLogLine', () => {
  it('shows time, level, service, message and details', () => {
    const line = JSON.stringify({
      level: 'warn',
      time: '2026-01-02T03:04:05.678Z',
      service: 'render',
      trace: 'abc',
      number: 7,
      error: { type: 'Error', message: 'no answer', stack: '…' },
      msg: 'trying again',
    });
    expect(readLogLine('render', line)).toEqual({
      text: '03:04:05.678 warn  render  trying again  number=7 error="no answer"',
      loud: true,
    });
  });

  it('is quiet about what goes well', () => {
    expect(readLogLine('repo', '{"level":"info","msg":"ready"}').loud).toBe(false);
  });

  it('shows what is no structured line', () => {
    expect(readLogLine('repo', 'Error: broken')).toEqual({
      text: '         error repo  Error: broken',
      loud: true,
    });
  });
});
