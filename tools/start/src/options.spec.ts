import { describe, expect, it } from '@jest/globals';
import { skeinFolder } from './workspace.js';
import { parseOptions, UsageError } from './options.js';

describe('parseOptions', () => {
  it('has defaults', () => {
    expect(parseOptions([])).toEqual({
      once: false,
      demo: true,
      timeoutSeconds: 120,
      devices: 20,
      port: undefined,
      folder: skeinFolder,
      verbose: false,
    });
  });

  it('reads all options', () => {
    const args = ['--once', '--timeout', '5', '--devices=3', '--port', '9000', '--verbose'];
    expect(parseOptions(args)).toMatchObject({
      once: true,
      timeoutSeconds: 5,
      devices: 3,
      port: 9000,
      verbose: true,
    });
    expect(parseOptions(['--folder', '/tmp/x'])).toMatchObject({ folder: '/tmp/x' });
    expect(parseOptions(['--no-demo'])).toMatchObject({ demo: false });
    expect(parseOptions(['--help'])).toBe('help');
  });

  it.each([
    [['--twice'], /--twice/],
    [['now'], /now/],
    [['--timeout', 'soon'], /--timeout must be a whole number .* not "soon"/],
    [['--devices', '0'], /--devices/],
    [['--port', '70000'], /--port/],
    [['--once', '--no-demo'], /--no-demo/],
  ])('refuses %j', (args, message) => {
    expect(() => parseOptions(args)).toThrow(UsageError);
    expect(() => parseOptions(args)).toThrow(message);
  });
});
