import { expect, it } from '@jest/globals';
import { isNetwork } from './networks.js';

it('knows networks', () => {
  const good = ['10.0.0.0/8', '192.0.2.7', 'fd00::/8', '::1', '0.0.0.0/0', '::/128'];
  const bad = ['', 'proxy', '10.0.0.0/33', '10.0.0.0/', '10.0.0/8', '::/129', '10.0.0.0/8/8'];
  expect(good.filter((text) => !isNetwork(text))).toEqual([]);
  expect(bad.filter(isNetwork)).toEqual([]);
});
