/** Due rows among which the organisations take turns; those behind wait until some of these are done. */
const IN_TURN = 10_000;

/**
 * SQL: rows of a service's table whose time has come, oldest first, the organisations in turn: one with
 * very many keeps no other one waiting. A process that tried a suspect ended, of that or of something else.
 * @param key the table's key, which begins with the event's number
 */
export function dueInTurn(table: string, key: string): string {
  return `
select ${key}, attempts, tried_by is not null as suspect from (
  select d.*, row_number() over (partition by s.org_slot order by d.due, ${key}) as turn
  from (select * from ${table} where due <= now() order by due, ${key} limit ${IN_TURN}) d
  left join log.sequence s on s.sequence = d.number
) ripe
order by turn, due, ${key} limit $1`;
}
