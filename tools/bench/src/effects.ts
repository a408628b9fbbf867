/** The table with one row for each effect; the same for everybody. */
export const EFFECTS_COLUMNS = 'subject uuid not null, revision text not null';
