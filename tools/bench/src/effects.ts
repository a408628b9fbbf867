import { textArray, uuidArray } from '@skein/postgres';

/** The table with one row for each effect; the same for everybody. */
export const EFFECTS_COLUMNS = 'subject uuid not null, revision text not null';

export interface Effect {
  readonly subject: string;
  readonly revision: string;
}

/** Writes the effects of a batch with one statement; the same for everybody. */
export const insertEffects = (table: string, effects: readonly Effect[]) => ({
  text: `insert into ${table} (subject, revision) select * from unnest($1::uuid[], $2::text[])`,
  values: [
    uuidArray(effects.map(({ subject }) => subject)),
    textArray(effects.map(({ revision }) => revision)),
  ],
});
