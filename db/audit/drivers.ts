import type { AuditQuery } from '#core/audit-query/query.ts';
import { fitsPattern } from '#core/audit-query/parse.ts';
import type { RunQuery } from '../reader.ts';
import { type Column, type Condition, columnValues, fieldsOf, matchOf } from './terms.ts';

/**
 * By what a page is found. An index whose columns are all named gives its events in their order, so that a page is read
 * from its newest event on and the reading stops when the page is full; several values are several such readings.
 */
export interface Driver {
  /** What to read from, and the condition of each reading. */
  from: string;
  /** It gives only events with the words that are wanted, so that they need not be looked for again in each. */
  hasWords: boolean;
  branches: Condition[];
}

/** Indexes of audit_events that end with `sequence`; the more columns, the fewer events are read in vain. */
const indexes: readonly { name: string; columns: readonly Column[] }[] = [
  { name: 'audit_events_operation', columns: ['operation'] },
  { name: 'audit_events_plan', columns: ['plan'] },
  { name: 'audit_events_host', columns: ['host'] },
  { name: 'audit_events_risk', columns: ['risk'] },
  { name: 'audit_events_cluster_action', columns: ['cluster', 'action'] },
  { name: 'audit_events_name_action', columns: ['actor_name', 'action'] },
  { name: 'audit_events_name_cluster', columns: ['actor_name', 'cluster'] },
  { name: 'audit_events_name_outcome', columns: ['actor_name', 'outcome'] },
  { name: 'audit_events_cluster_outcome', columns: ['cluster', 'outcome'] },
  { name: 'audit_events_cluster_risk', columns: ['cluster', 'risk'] },
  { name: 'audit_events_actor', columns: ['actor_id'] },
  { name: 'audit_events_actor_name', columns: ['actor_name'] },
  { name: 'audit_events_action', columns: ['action'] },
  { name: 'audit_events_cluster', columns: ['cluster'] },
  { name: 'audit_events_outcome', columns: ['outcome'] },
  { name: 'audit_events_source', columns: ['source'] },
  { name: 'audit_events_stream', columns: ['stream'] },
];

/** Readings that may be joined, and events that are counted before a driver is called broad. */
const branchesMax = 24;
const countedMax = 2000;
/** Words are dearer to count; so many are taken for many. */
const wordsCountedMax = 64;
/** To look for words in an event that was found otherwise takes as long as to read so many that were found by the words. */
const lookedForWords = 10;

/** The driver with the fewest events; null when walking all of them is as good. */
export async function driverFor(run: RunQuery, query: AuditQuery): Promise<Driver | null> {
  const values = await valuesOf(run, query);
  const drivers = [...wordDrivers(query), ...indexDrivers(values)];
  let best: { driver: Driver; events: number } | null = null;
  const isByWords = drivers.some(({ hasWords }) => hasWords);
  for (const driver of drivers) {
    const count = await countOf(run, driver);
    const events = isByWords && !driver.hasWords ? count * lookedForWords : count;
    if (best === null || events < best.events) best = { driver, events };
    if (best.events === 0) break;
  }
  // The stream of acts is nearly everything: walking is quicker than going through an index.
  return best === null || (best.events >= countedMax && best.driver.from.endsWith('audit_events_stream'))
    ? null
    : best.driver;
}

type Values = ReadonlyMap<Column, readonly string[]>;

const indexDrivers = (values: Values): Driver[] =>
  narrowest(values).map(({ name, columns }) => {
    let branches: Condition[] = [{ sql: '', params: [] }];
    for (const column of columns) {
      const wanted = values.get(column) ?? [];
      branches = branches.flatMap(({ sql, params }) =>
        wanted.map((value) => ({ sql: `${sql}${sql === '' ? '' : ' and '}${column} = ?`, params: [...params, value] })),
      );
    }
    return { from: `audit_events indexed by ${name}`, hasWords: false, branches };
  });

/** Indexes of which all columns are asked for, without those that another one has the columns of and more. */
function narrowest(values: Values): typeof indexes {
  const branchesOf = (columns: readonly Column[]): number =>
    columns.reduce((count, column) => count * (values.get(column)?.length ?? Infinity), 1);
  const usable = indexes.filter(({ columns }) => branchesOf(columns) <= branchesMax);
  const hasMore = (other: readonly Column[], columns: readonly Column[]): boolean =>
    other.length > columns.length && columns.every((column) => other.includes(column));
  return usable.filter(({ columns }) => !usable.some((other) => hasMore(other.columns, columns)));
}

function wordDrivers({ text }: AuditQuery): Driver[] {
  const matches = text.any.flatMap((one) => matchOf(one) ?? []);
  if (matches.length === 0) return [];
  const all = { sql: 'audit_text.words match ?', params: [matches.join(' AND ')] };
  const from = 'audit_text cross join audit_events on sequence = audit_text.rowid';
  return [{ from, hasWords: true, branches: [all] }];
}

async function countOf(run: RunQuery, { from, hasWords, branches }: Driver): Promise<number> {
  const most = hasWords ? wordsCountedMax : countedMax;
  let events = 0;
  // Words are counted in their own table; the events themselves are not looked at.
  const table = hasWords ? 'audit_text' : from;
  for (const { sql, params } of branches) {
    const rows = await run(`select count(*) from (select 1 from ${table} where ${sql} limit ${most})`, params);
    events += Number(rows[0]?.[0]);
    if (events >= most) return countedMax;
  }
  return events;
}

/** Which values each column must have one of. Patterns become the values that fit them, where these are few. */
async function valuesOf(run: RunQuery, query: AuditQuery): Promise<Map<Column, string[]>> {
  const values = new Map<Column, string[]>();
  for (const [field, wanted] of fieldsOf(query)) {
    const named = columnValues(field, wanted);
    const [first] = named ?? [];
    // Two columns in one field (an id or a name) have no index together.
    if (named === null || first === undefined || named.some(({ column }) => column !== first.column)) continue;
    const exact: string[] = [];
    for (const { column, value } of named) {
      const fitting = value.includes('*') ? await fittingValues(run, column, value) : [value];
      exact.push(...(fitting ?? Array.from({ length: branchesMax + 1 }, () => '')));
    }
    if (exact.length <= branchesMax) values.set(first.column, [...new Set(exact)]);
  }
  return values;
}

/** The values of a column that fit a pattern, from one to the next in its index; null when there are too many. */
async function fittingValues(run: RunQuery, column: Column, pattern: string): Promise<string[] | null> {
  const start = pattern.slice(0, pattern.indexOf('*'));
  const end = `${start}\u{10ffff}`;
  const rows = await run(
    `with recursive found (value) as (
      select min(${column}) from audit_events where ${column} >= ? and ${column} is not null
      union all
      select (select min(${column}) from audit_events where ${column} > found.value) from found where found.value <= ?
    ) select value from found where value <= ? limit ${branchesMax * 4}`,
    [start, end, end],
  );
  const all = rows.map(([value]) => String(value));
  if (all.length >= branchesMax * 4) return null;
  const fitting = all.filter((value) => fitsPattern(pattern, value));
  return fitting.length > branchesMax ? null : fitting;
}
