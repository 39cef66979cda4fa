import { getTableName } from 'drizzle-orm';
import { type EventCells, cellsOf } from './audit-row.ts';
import { type Statement, statementOf } from './statement.ts';
import type { Guard } from './guard.ts';
import { auditEvents, auditPrunes, guard, meta } from './schema/index.ts';
import type { Unit } from './store.ts';

/**
 * A unit as plain data. This is the seam between the store and who writes: a driver in this process, or a single
 * writer elsewhere (on Workers a Durable Object) that gets it as JSON.
 */
export interface PlainUnit {
  /** Each inserts into `guard` its index among the guards when its condition does not hold. */
  guards: Statement[];
  changes: Statement[];
  events: EventCells[];
  /** Ids of operations to ring for. */
  dispatch: string[];
}

/** @throws TypeError, RangeError for what is a fault of the caller: too many parameters, values that are no JSON. */
export const plainUnit = (unit: Unit): PlainUnit => ({
  guards: (unit.expects ?? []).map((expected, index) => guardStatement(expected, index)),
  changes: unit.changes.map((change) => onlyWriting(statementOf(change))),
  events: unit.events.map((draft) => cellsOf(draft)),
  dispatch: [...(unit.dispatch ?? [])],
});

function guardStatement(expected: Guard, index: number): Statement {
  const { sql, params } = statementOf(expected.query);
  const unless = expected.expects === 'row' ? 'not exists' : 'exists';
  return { sql: `insert into guard (name) select '${index}' where ${unless} (${sql})`, params };
}

const ownTables: string[] = [auditEvents, auditPrunes, guard, meta].map((table) => getTableName(table));
const writing = /^(?:insert into|update|delete from) "(?<table>\w+)"/;

/** The table that a change writes to, undefined for what is no change. */
export const tableWritten = (sql: string): string | undefined => writing.exec(sql)?.groups?.table;

/** The types already say so; this holds for what went around them. */
function onlyWriting(statement: Statement): Statement {
  const table = tableWritten(statement.sql);
  if (table === undefined) throw new TypeError(`A change is an insert, an update or a delete, not: ${statement.sql}`);
  if (ownTables.includes(table)) throw new TypeError(`The table ${table} is written by the store itself.`);
  return statement;
}

/** Undoes the commit when an operation to ring for is not there: without the row no sweeper would find it either. */
export const dispatchGuard = (operation: string): Statement => ({
  sql: `insert into guard (name) select 'dispatch' where not exists (select 1 from operations where id = ?)`,
  params: [operation],
});

/** Counts the doorbells of an operation; gives a row (id, number). */
export const dispatchStatement = (operation: string): Statement => ({
  sql: 'update operations set dispatch_number = dispatch_number + 1 where id = ? returning id, dispatch_number',
  params: [operation],
});
