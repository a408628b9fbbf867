import type { Postgres, Transaction } from '@skein/postgres';

/**
 * For questions about the whole log. PostgreSQL knows nothing of intermediate results, and takes them for small: it would
 * join each row of one with all rows of the other.
 */
export function largeJoins<Answer>(
  postgres: Postgres,
  ask: (transaction: Transaction) => Promise<Answer>,
): Promise<Answer> {
  return postgres.transaction(async (transaction) => {
    await transaction.query('set local enable_nestloop = off');
    return ask(transaction);
  });
}
