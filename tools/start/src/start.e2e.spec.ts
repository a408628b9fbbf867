import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { StartProcess } from '../test/start-process.js';

describe('npm start -- --once', () => {
  let start: StartProcess;
  beforeAll(async () => {
    start = await StartProcess.start(['--once']);
  });
  afterAll(() => start[Symbol.asyncDispose]());

  it('brings two commits to twenty devices, and ends with its summary', async () => {
    const code = await start.ended();
    const last = JSON.parse(start.lines.at(-1) ?? '') as { events: number };
    expect({ code, last, output: start.output }).toMatchObject({
      code: 0,
      last: { devices: 20, upToDate: 20, templateVersions: 2, seconds: expect.any(Number) },
    });
    // Each device was created, and reported two versions.
    expect(last.events).toBeGreaterThanOrEqual(60);
  }, 180_000);

  it('shows every device, and what one fetched', () => {
    const row = /^demo-device-20 +demo +\S+ +2 +UpToDate$/;
    expect(start.lines.filter((line) => row.test(line))).toHaveLength(1);
    for (const shown of ['interval: 10s', 'site = berlin', 'gateway-1.lyon.example']) {
      expect(start.output).toContain(shown);
    }
  });
});

describe('npm start -- --once --timeout', () => {
  it('says what is waiting when the time is up, and still ends with its summary', async () => {
    await using start = await StartProcess.start(['--once', '--timeout', '1']);
    expect(await start.ended()).toBe(1);
    expect(start.output).toContain('longer than 1 s');
    expect(JSON.parse(start.lines.at(-1) ?? '')).toMatchObject({ devices: 20, upToDate: 0 });
  }, 60_000);
});
