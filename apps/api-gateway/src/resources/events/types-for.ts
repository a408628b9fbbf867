import type { EventSelection } from './event-selection.js';
import { canBeAbout } from './tell/kinds.js';
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
export function listTypes(selection: EventSelection): string[] {
  const [only, never] = [
    selection.only('involvedObject.kind'),
    selection.never('involvedObject.kind'),
  ];
  const isAsked = (kind: string) => (only?.has(kind) ?? true) && !never.includes(kind);
  return typesFor(selection, ({ reasons, definition }) =>
    canBeAbout(definition.kind, isAsked) ? reasons : [],
  );
}

/** The same in the histories of things. */
export const historyTypes = (selection: EventSelection): string[] =>
  typesFor(selection, ({ reasons, fleet, device }) => [
    ...reasons,
    ...(fleet?.reasons ?? []),
    ...(device?.reasons ?? []),
  ]);
