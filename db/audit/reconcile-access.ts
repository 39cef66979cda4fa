import { has, type Question, since } from './reconcile-question.ts';

const madeSince = (table: string): string => `${table}.created_at >= ${since}`;
/** The role that the record says last of a person. */
const roleOnRecord = `(select coalesce(json_extract(e.details, '$.to'), json_extract(e.details, '$.role'), 'admin')
  from audit_events e where e.target_kind = 'person' and e.target_id = p.id
  and e.action in ('person.created', 'person.role-changed') order by e.sequence desc limit 1)`;
const isAbout = (kind: string, id: string): string => `e.target_kind = ${kind} and e.target_id = ${id}`;

/** Whether two JSON texts have the same members, in whatever order: nothing of one is missing in the other. */
const sameJson = (one: string, other: string): string =>
  `not exists (${leaves(one)} except ${leaves(other)}) and not exists (${leaves(other)} except ${leaves(one)})`;
const leaves = (json: string): string => `select fullkey, type, atom from json_tree(${json})`;

/** What gives or takes rights: each row has its event, and each of these events its row. */
export const accessQuestions: readonly Question[] = [
  {
    what: 'person with another role than on record',
    sql: `select p.id from persons p where ${madeSince('p')} and p.role <> ${roleOnRecord}`,
  },
  {
    what: 'person who was removed, or came back, without its event',
    sql: `select p.id from persons p where ${madeSince('p')}
      and (p.removed_at is not null) <> ${has(`${isAbout("'person'", 'p.id')} and e.action = 'person.removed'`)}`,
  },
  {
    what: 'token that was revoked without its event',
    sql: `select t.id from tokens t where ${madeSince('t')} and t.revoked_at is not null and t.person is not null
      and not ${has(`${isAbout("'token'", 't.id')} and e.action = 'token.revoked'`)}
      and not ${has(`${isAbout("'person'", 't.person')} and e.action = 'person.removed'`)}`,
  },
  {
    what: 'token that was revoked on record and is live',
    sql: `select t.id from tokens t where t.revoked_at is null
      and ${has(`${isAbout("'token'", 't.id')} and e.action = 'token.revoked'`)}`,
  },
  {
    what: 'identity without its event',
    sql: `select i.kind || ':' || i.external_id from identities i where ${madeSince('i')}
      and not ${has(`${isAbout("'person'", 'i.person')} and e.action = 'identity.linked'
        and json_extract(e.details, '$.kind') = i.kind and json_extract(e.details, '$.externalId') = i.external_id`)}`,
  },
  {
    what: 'policy without its event',
    sql: `select p.number from policies p where ${madeSince('p')}
      and not ${has(`${isAbout("'policy'", 'cast(p.number as text)')} and e.action = 'policy.changed'
        and ${sameJson("json_extract(e.details, '$.to')", 'p.document')}`)}`,
  },
  {
    what: 'approval without its request',
    sql: `select a.id from approvals a where ${madeSince('a')}
      and not ${has(`${isAbout("'approval'", 'a.id')} and e.action = 'approval.requested'
        and json_extract(e.details, '$.risk') = a.risk`)}`,
  },
  {
    what: 'vote without its event',
    sql: `select distinct a.id from approvals a, json_each(a.votes) v where ${madeSince('a')}
      and not ${has(`${isAbout("'approval'", 'a.id')}
        and e.action = case json_extract(v.value, '$.verdict') when 'deny' then 'plan.denied' else 'plan.approved' end
        and json_extract(e.actor, '$.person') = json_extract(v.value, '$.person')`)}`,
  },
  {
    what: 'approval that was used without its event',
    sql: `select a.id from approvals a where ${madeSince('a')} and a.state = 'used'
      and not ${has(`${isAbout("'approval'", 'a.id')} and e.action = 'approval.used'`)}`,
  },
  {
    what: 'request for approval without its row',
    sql: `select e.target_id from audit_events e indexed by audit_events_action where e.action = 'approval.requested'
      and not exists (select 1 from approvals a where a.id = e.target_id)`,
  },
  {
    what: 'lock or freeze without its event',
    sql: `select h.id from holds h where ${madeSince('h')}
      and not ${has(`${isAbout('h.kind', 'h.id')} and e.action in (h.kind || '.set', h.kind || '.taken-over')
        and json_extract(e.actor, '$.person') = h.owner`)}`,
  },
  {
    what: 'lock or freeze that ended without its event',
    sql: `select h.id from holds h where ${madeSince('h')} and h.ended_at is not null
      and not ${has(`${isAbout('h.kind', 'h.id')} and e.action = h.kind || '.ended'`)}
      and not ${has(`e.target_kind = h.kind and e.target_id > h.id
        and e.action in (h.kind || '.set', h.kind || '.taken-over') and json_extract(e.details, '$.cluster') = h.cluster`)}`,
  },
  {
    what: 'lock or freeze on record without its row',
    sql: `select e.target_id from audit_events e indexed by audit_events_action
      where e.action in ('lock.set', 'lock.taken-over', 'freeze.set', 'freeze.taken-over')
      and not exists (select 1 from holds h where h.id = e.target_id)`,
  },
  {
    what: 'break-glass without its event',
    sql: `select g.id from break_glass_grants g where ${madeSince('g')}
      and not ${has(`${isAbout("'break-glass'", 'g.id')} and e.action = 'break-glass.opened'
        and json_extract(e.details, '$.expiresAt') = g.expires_at`)}`,
  },
  {
    what: 'break-glass that was reviewed without its event',
    sql: `select g.id from break_glass_grants g where ${madeSince('g')} and g.reviewed_at is not null
      and not ${has(`${isAbout("'break-glass'", 'g.id')} and e.action = 'break-glass.reviewed'
        and json_extract(e.actor, '$.person') <> g.person`)}`,
  },
  {
    what: 'break-glass on record without its row',
    sql: `select e.target_id from audit_events e indexed by audit_events_action where e.action = 'break-glass.opened'
      and not exists (select 1 from break_glass_grants g where g.id = e.target_id)`,
  },
];
