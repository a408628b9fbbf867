import type { EventSelection } from './event-selection.js';
import { typeOf, UNREADABLE } from './tell/reasons.js';
import { tellings } from './tell/registry.js';
import type { Telling } from './tell/telling.js';

function canBe(selection: EventSelection, reasons: readonly string[]): boolean {
  const [only, types] = [selection.only('reason'), selection.only('type')];
  const [never, neverTypes] = [selection.never('reason'), selection.never('type')];
  return reasons.some((reason) => {
    const type = typeOf(reason);
    return (
      (only?.has(reason) ?? true) &&
      (types?.has(type) ?? true) &&
      !never.includes(reason) &&
      !neverTypes.includes(type)
    );
  });
}

function typesFor(selection: EventSelection, reasonsOf: (telling: Telling) => readonly string[]) {
  const all = selection.only('reason')?.has(UNREADABLE) ?? false;
  return [...tellings.values()]
    .filter((telling) => all || canBe(selection, reasonsOf(telling)))
    .map(({ definition }) => definition.type);
}

/** The types whose events can be what is asked for, where each is one entry. */
export const listTypes = (selection: EventSelection): string[] =>
  typesFor(selection, ({ reasons }) => reasons);

/** The same in the histories of things. */
export const historyTypes = (selection: EventSelection): string[] =>
  typesFor(selection, ({ reasons, fleet, device }) => [
    ...reasons,
    ...(fleet?.reasons ?? []),
    ...(device?.reasons ?? []),
  ]);
