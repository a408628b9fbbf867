import { describe, expect, it } from '@jest/globals';
import { budgetFixtures } from './fixtures/budgets.js';
import { domainFixtures } from './fixtures/domain.js';
import type { Fixture } from './fixtures/fixture.js';
import { importFixtures } from './fixtures/imports.js';
import { placeFixtures } from './fixtures/places.js';
import { typedFixtures } from './fixtures/typed.js';
import { lint, lintTyped } from './linter.js';

const excerpt = (text: string): string => JSON.stringify(text.slice(0, 70));

function checkLaw({ law, rule, refused, passes }: Fixture, linter: typeof lint): void {
  describe(law, () => {
    for (const [path, text] of refused) {
      it(`refuses in ${path}: ${excerpt(text)}`, async () => {
        expect(await linter(path, text)).toContain(rule);
      });
    }
    for (const [path, text] of passes) {
      it(`lets pass in ${path}: ${excerpt(text)}`, async () => {
        expect(await linter(path, text)).toEqual([]);
      });
    }
  });
}

describe('laws that the linter holds', () => {
  const untyped = [...importFixtures, ...budgetFixtures, ...domainFixtures, ...placeFixtures];
  for (const fixture of untyped) checkLaw(fixture, lint);
  for (const fixture of typedFixtures) checkLaw(fixture, lintTyped);
});
