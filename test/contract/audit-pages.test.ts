import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { parseAuditQuery } from '#core/audit-query/parse.ts';
import type { AuditDraft } from '#core/audit.ts';
import { auditPage } from '#db/audit/page.ts';
import { openStore } from '#db/better-sqlite3.ts';
import type { Store } from '#db/store.ts';
import { eventOf } from './rows.ts';

/* Pages, one after the other, are exactly what fits, by whichever index each of them is found. */

const startMs = Date.UTC(2026, 9, 1);
const hourMs = 3_600_000;
const count = 2400;

const draftOf = (number: number): AuditDraft =>
  eventOf(`h${number % 30}`, {
    action: ['host.added', 'operation.requested', 'plan.accepted'][number % 3] ?? '',
    actor: { kind: 'person', person: `per_${number % 4}`, name: `n${number % 4}`, via: 'token:t1' },
    outcome: number % 53 === 0 ? 'failed' : 'succeeded',
    cluster: `c${number % 7}`,
    operation: `op_${Math.floor(number / 3)}`,
    reason: number % 5 === 0 ? `because of ticket ${number % 100}` : null,
    details: { risk: number % 11 === 0 ? 'high' : 'low' },
  });

let folder: string;
let store: Store;
let atMs = startMs;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'flotilla-pages-'));
  store = openStore({ path: join(folder, 'flotilla.db'), now: () => atMs });
  for (let from = 0; from < count; from += 24) {
    atMs = startMs + (from / 24) * hourMs;
    await store.commit({ changes: [], events: Array.from({ length: 24 }, (_, at) => draftOf(from + at)) });
  }
});
afterAll(async () => {
  await store.close();
  rmSync(folder, { recursive: true });
});

/** Sequences of all pages of a question, in their order. */
async function paged(question: string, order: 'newest' | 'oldest'): Promise<number[]> {
  const query = parseAuditQuery(question, startMs + 100 * hourMs);
  const found: number[] = [];
  for (;;) {
    const page = await auditPage(store.query, { query, cursor: found.at(-1) ?? null, limit: 17, order });
    found.push(...page.map(({ sequence }) => sequence));
    if (page.length < 17) return found;
  }
}

type Fits = (draft: AuditDraft, number: number) => boolean;
const hour = (number: number): number => Math.floor(number / 24);
const hasTicket = ({ reason }: AuditDraft): boolean => reason !== null;

const questions: [question: string, fits: Fits][] = [
  ['', () => true],
  ['cluster:c3', ({ cluster }) => cluster === 'c3'],
  [
    'cluster:c3 outcome:failed actor:n1',
    ({ cluster, outcome, actor }) => cluster === 'c3' && outcome === 'failed' && actor.name === 'n1',
  ],
  ['cluster:c* action:plan.accepted', ({ action }) => action === 'plan.accepted'],
  ['actor:n0 actor:n1 actor:n2 cluster:c* action:*', ({ actor }) => actor.name !== 'n3'],
  ['"because of ticket"', hasTicket],
  ['cluster:c3 "because of ticket"', (draft) => draft.cluster === 'c3' && hasTicket(draft)],
  ['op:op_100 "because of ticket"', (draft) => draft.operation === 'op_100' && hasTicket(draft)],
  ['"ticket 35" -cluster:c3', (draft, number) => draft.cluster !== 'c3' && hasTicket(draft) && number % 100 === 35],
  [
    '"because of ticket" created:2026-10-02..2026-10-04',
    (draft, number) => hasTicket(draft) && hour(number) >= 24 && hour(number) < 96,
  ],
  [
    'created:2026-10-02..2026-10-02 cluster:c5',
    ({ cluster }, number) => cluster === 'c5' && hour(number) >= 24 && hour(number) < 48,
  ],
  ['seq:100..300 "ticket"', (draft, number) => hasTicket(draft) && number + 1 >= 100 && number + 1 <= 300],
  ['risk:high cluster:c1', (_, number) => number % 11 === 0 && number % 7 === 1],
  ['actor:nobody "ticket"', () => false],
];

test.each(questions)('%s', async (question, fits) => {
  const all = Array.from({ length: count }, (_, number) => ({ draft: draftOf(number), number }));
  const wanted = all.filter(({ draft, number }) => fits(draft, number)).map(({ number }) => number + 1);
  expect(await paged(question, 'oldest')).toEqual(wanted);
  expect(await paged(question, 'newest')).toEqual(wanted.toReversed());
});
