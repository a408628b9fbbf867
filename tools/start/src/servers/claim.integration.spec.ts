import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { testDatabase } from '@skein/testing';
import type { TestDatabase } from '@skein/testing';
import { claimDatabase } from './claim.js';

describe('claimDatabase', () => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await testDatabase();
  });
  afterAll(() => database.close());

  it('is given to one at a time', async () => {
    const first = await claimDatabase(database.url);
    await expect(claimDatabase(database.url)).rejects.toThrow('another npm start');
    await first[Symbol.asyncDispose]();
    const second = await claimDatabase(database.url);
    await second[Symbol.asyncDispose]();
  });
});
