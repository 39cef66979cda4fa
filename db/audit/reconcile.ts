import type { RunQuery } from '../reader.ts';
import { accessQuestions } from './reconcile-access.ts';
import { has, type Question, since } from './reconcile-question.ts';

/** A row without its event, or an event without its row. */
export interface Mismatch {
  what: string;
  id: string;
}

/** Most that are told of each kind. */
const toldMax = 20;

const outcomeOf = "case p.state when 'succeeded' then 'succeeded' when 'cancelled' then 'cancelled' else 'failed' end";

const unfinished = "('queued', 'running', 'awaiting-approval')";

/** Each finds the ids of what does not agree. */
const questions: readonly Question[] = [
  {
    what: 'operation without its intent',
    sql: `select p.id from operations p where p.created_at >= ${since}
      and not ${has("e.operation = p.id and e.outcome = 'intent' and e.action = 'operation.requested'")}`,
  },
  {
    what: 'operation that ended without its outcome',
    sql: `select p.id from operations p where p.created_at >= ${since} and p.state not in ${unfinished}
      and not ${has(`e.operation = p.id and e.action = 'operation.ended' and e.outcome = ${outcomeOf}`)}`,
  },
  {
    what: 'outcome of an operation that has not ended',
    sql: `select e.operation from audit_events e indexed by audit_events_action join operations p on p.id = e.operation
      where e.action = 'operation.ended' and p.state in ${unfinished}`,
  },
  {
    what: 'event of an operation that is not there',
    sql: `select e.operation from audit_events e indexed by audit_events_action
      where e.action = 'operation.requested' and not exists (select 1 from operations p where p.id = e.operation)`,
  },
  {
    what: 'revision without its event',
    sql: `select r.cluster || '/' || r.number from revisions r where r.created_at >= ${since}
      and not ${has("e.target_kind = 'revision' and e.target_id = r.cluster || '/' || r.number and e.action = 'revision.proposed'")}`,
  },
  {
    what: 'host without its event',
    sql: `select h.name from hosts h where h.created_at >= ${since}
      and not ${has("e.target_kind = 'host' and e.target_id = h.name and e.action = 'host.added'")}`,
  },
  {
    what: 'token without its event',
    sql: `select t.id from tokens t where t.created_at >= ${since}
      and not ${has("e.target_kind = 'token' and e.target_id = t.id")}`,
  },
  {
    what: 'person without its event',
    sql: `select p.id from persons p where p.created_at >= ${since}
      and not ${has("e.target_kind = 'person' and e.target_id = p.id")}`,
  },
  {
    what: 'source of webhooks without its event',
    sql: `select s.name from webhook_sources s where s.created_at >= ${since}
      and not ${has("e.target_kind = 'webhook-source' and e.target_id = s.name and e.action = 'webhook-source.added'")}`,
  },
  {
    what: 'target of webhooks without its event',
    sql: `select t.name from webhook_targets t where t.created_at >= ${since}
      and not ${has("e.target_kind = 'webhook-target' and e.target_id = t.name and e.action = 'webhook-target.added'")}`,
  },
  {
    what: 'delivery of a webhook without its event',
    sql: `select d.id from webhook_deliveries d where d.at >= ${since}
      and not ${has("e.target_kind = 'delivery' and e.target_id = d.id")}`,
  },
  {
    what: 'accepted plan without its event',
    sql: `select p.id from operations p where p.accepted_plan_digest is not null and p.created_at >= ${since}
      and not ${has("e.operation = p.id and e.action = 'plan.accepted' and e.target_id = p.accepted_plan_digest")}`,
  },
  ...accessQuestions,
];

/** Holds the record against what it tells of. Empty when they agree. */
export async function mismatches(run: RunQuery): Promise<Mismatch[]> {
  const found: Mismatch[] = [];
  for (const { what, sql } of questions) {
    const rows = await run(`${sql} limit ${toldMax}`, []);
    found.push(...rows.map(([id]) => ({ what, id: String(id) })));
  }
  return found;
}
