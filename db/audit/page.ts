import type { AuditEvent } from '#core/audit.ts';
import type { AuditQuery } from '#core/audit-query/query.ts';
import { eventColumns, eventOfRow } from '../audit-row.ts';
import type { RunQuery } from '../reader.ts';
import { driverFor } from './drivers.ts';
import { type Condition, conditionsOf } from './terms.ts';

export interface PageOf {
  query: AuditQuery;
  /** Only events before (newest first) or after (oldest first) this sequence; null from the end or the beginning. */
  cursor: number | null;
  limit: number;
  order: 'newest' | 'oldest';
}

/** The events of a page in the order that is asked for. */
export async function auditPage(run: RunQuery, { query, cursor, limit, order }: PageOf): Promise<AuditEvent[]> {
  const driver = await driverFor(run, query);
  // The index of words begins at a place only when the place is said of its own rows; else it is read from its end.
  const place = driver?.hasWords === true ? 'audit_text.rowid' : 'sequence';
  const rest = [...conditionsOf(query, driver?.hasWords === true), ...(await placeOf(run, query, place))];
  if (cursor !== null) rest.push({ sql: `${place} ${order === 'newest' ? '<' : '>'} ?`, params: [cursor] });
  const direction = order === 'newest' ? 'desc' : 'asc';
  const sql = driver === null ? walk(rest, direction) : driven(driver, rest, direction);
  const rows = await run(
    `select ${eventColumns} from audit_events where sequence in (${sql.text}) order by sequence ${direction}`,
    sql.params(limit),
  );
  return rows.map((row) => eventOfRow(row));
}

interface Sql {
  text: string;
  params: (limit: number) => (string | number | null)[];
}

type Direction = 'asc' | 'desc';
type Place = 'sequence' | 'audit_text.rowid';

const all = (conditions: readonly Condition[]): string => conditions.map(({ sql }) => sql).join(' and ') || 'true';
const paramsOf = (conditions: readonly Condition[]) => conditions.flatMap(({ params }) => params);

const walk = (rest: readonly Condition[], direction: Direction): Sql => ({
  text: `select sequence from audit_events not indexed where ${all(rest)} order by sequence ${direction} limit ?`,
  params: (limit) => [...paramsOf(rest), limit],
});

/** Each reading stops when it alone has filled the page; of what they found together the page is taken. */
function driven(
  { from, branches }: { from: string; branches: readonly Condition[] },
  rest: readonly Condition[],
  direction: Direction,
): Sql {
  const order = from.startsWith('audit_text') ? 'audit_text.rowid' : 'sequence';
  const readings = branches.map(
    ({ sql }) =>
      `select sequence from (select sequence from ${from} where ${sql} and ${all(rest)} order by ${order} ${direction} limit ?)`,
  );
  return {
    text: `select sequence from (${readings.join(' union all ')}) order by sequence ${direction} limit ?`,
    params: (limit) => [...branches.flatMap(({ params }) => [...params, ...paramsOf(rest), limit]), limit],
  };
}

/** Times never go back in the record, so a span of time is a span of numbers; the times themselves are checked as well. */
async function placeOf(run: RunQuery, { created }: AuditQuery, place: Place): Promise<Condition[]> {
  if (created.any.length === 0) return [];
  const conditions: Condition[] = [];
  const from = created.any.map((span) => span.from);
  const to = created.any.map((span) => span.to);
  if (!from.includes(null)) {
    const first = await edge(run, '>=', 'asc', Math.min(...from.map(Number)));
    conditions.push({ sql: `${place} >= ?`, params: [first ?? Number.MAX_SAFE_INTEGER] });
  }
  if (!to.includes(null)) {
    const last = await edge(run, '<', 'desc', Math.max(...to.map(Number)));
    conditions.push({ sql: `${place} <= ?`, params: [last ?? 0] });
  }
  return conditions;
}

async function edge(run: RunQuery, sign: '>=' | '<', order: Direction, ms: number): Promise<number | null> {
  const rows = await run(
    `select sequence from audit_events where at ${sign} ? order by at ${order}, sequence ${order} limit 1`,
    [new Date(ms).toISOString()],
  );
  return rows[0] === undefined ? null : Number(rows[0][0]);
}
