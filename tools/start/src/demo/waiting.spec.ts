import { SimulatedDevice } from '@skein/device-simulator';
import { describe, expect, it } from '@jest/globals';
import { whatIsWaiting } from './waiting.js';

const simulated = ['a', 'b', 'c'].map((name) => new SimulatedDevice({ name, baseUrl: '' }));
const device = {
  fleet: 'demo',
  templateVersion: 'v1',
  renderedVersion: '1',
  state: 'UpToDate',
  reason: '',
  upToDate: true,
};

describe('whatIsWaiting', () => {
  it('names what is late, and why', () => {
    simulated[1]!.trouble = 'connection refused';
    const late = { ...device, name: 'b', renderedVersion: '', state: 'Unknown', upToDate: false };
    const lines = whatIsWaiting(
      2,
      {
        templateVersions: ['v1'],
        fleetConditions: [
          { type: 'Valid', status: 'False', reason: 'Waiting', message: 'no such commit' },
        ],
        devices: [{ ...device, name: 'a' }, late],
      },
      simulated,
    );
    expect(lines).toEqual([
      'The fleet has 1 of 2 template versions.',
      'Fleet: Valid is False (Waiting): no such commit',
      '1 devices are not registered yet.',
      'b: Unknown, template version v1, runs nothing: its last request failed: connection refused',
    ]);
  });

  it('says when nobody answers', () => {
    expect(whatIsWaiting(2, undefined, simulated)).toEqual(['The gateway does not answer.']);
  });
});
