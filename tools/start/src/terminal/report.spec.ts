import { describe, expect, it } from '@jest/globals';
import { Report } from './report.js';

function captured(isTTY: boolean) {
  const written: string[] = [];
  let time = 0;
  const output = { isTTY, columns: 40, write: (text: string) => written.push(text) > 0 };
  return {
    report: new Report(output, () => time),
    text: () => written.join(''),
    pass: (milliseconds: number) => {
      time += milliseconds;
    },
  };
}

describe('Report', () => {
  it('says how a step ended and how long it took', async () => {
    const { report, text, pass } = captured(false);
    const result = await report.step('PostgreSQL', (progress) => {
      progress.detail('version 18');
      pass(1_250);
      return Promise.resolve(7);
    });
    expect([result, text()]).toEqual([7, '✓ PostgreSQL: version 18 (1.3 s)\n']);
  });

  it('marks a step that failed, and lets the error through', async () => {
    const { report, text } = captured(false);
    const failing = report.step('Redis', () => Promise.reject(new Error('no')));
    await expect(failing).rejects.toThrow('no');
    expect(text()).toBe('✗ Redis (0.0 s)\n');
  });

  it('mentions progress once a second where lines cannot be overwritten', async () => {
    const { report, text, pass } = captured(false);
    await report.step('Devices', (progress) => {
      for (const count of [1, 2, 3, 4]) {
        pass(600);
        progress.now(`${count} of 4`);
      }
      return Promise.resolve();
    });
    expect(text()).toBe('… Devices: 2 of 4\n… Devices: 4 of 4\n✓ Devices (2.4 s)\n');
  });

  it('keeps the progress line below other lines on a terminal', async () => {
    const { report, text } = captured(true);
    await report.step('Devices', (progress) => {
      progress.now('1 of 4');
      report.warn('render was restarted');
      return Promise.resolve();
    });
    const visible = text().split('\n');
    expect(visible[0]).toMatch(/Devices: 1 of 4\r\u001b\[2K! render was restarted$/);
    expect(visible[1]).toMatch(/^… Devices: 1 of 4\r\u001b\[2K✓ Devices/);
  });
});
