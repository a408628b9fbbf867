import { describe, expect, it } from '@jest/globals';
import { deviceTable, renderedConfiguration } from './show.js';

describe('deviceTable', () => {
  it('has a row for each device, by name', () => {
    const device = { fleet: 'demo', renderedVersion: '2', state: 'UpToDate' };
    const rest = { templateVersion: 'tv-b', reason: '', upToDate: true };
    const text = deviceTable({
      templateVersions: ['tv-a', 'tv-b'],
      fleetConditions: [],
      devices: [
        { name: 'b', ...device, ...rest },
        { name: 'a', ...device, ...rest },
      ],
    });
    expect(text.split('\n').slice(2)).toEqual([
      expect.stringMatching(/^a +demo +tv-b +2 +UpToDate$/),
      expect.stringMatching(/^b +demo/),
    ]);
  });
});

describe('renderedConfiguration', () => {
  it('shows texts, and the size of what is none', () => {
    const inline = [
      { path: '/etc/motd', content: 'one\ntwo\n', contentEncoding: 'plain', mode: 0o640 },
      { path: '/etc/key', content: 'AAEC', contentEncoding: 'base64' },
    ];
    expect(
      renderedConfiguration({ metadata: {}, spec: { config: [{ name: 'base', inline }] } }),
    ).toBe(
      [
        '  /etc/motd  0640  from base',
        '    │ one',
        '    │ two',
        '  /etc/key  0644  from base',
        '    │ (3 bytes, not text)',
      ].join('\n'),
    );
  });
});
