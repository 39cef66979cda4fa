import { and, asc, desc, eq, inArray, isNull } from 'drizzle-orm';
import { reportLink } from '#core/reports/link.ts';
import { type Report, reportOfPreflight, reportOfVerification } from '#core/reports/report.ts';
import { update } from '#db/change.ts';
import { identities, preflights, slackMessages, verifications } from '#db/schema/index.ts';
import type { Reader } from '#db/reader.ts';
import { accountIn } from '#slack/account.ts';
import type { FeedDeps, Telling, TellingChange } from '#slack/progress/feed.ts';
import { commit, timeOf } from '../commit.ts';
import type { Deps } from '../deps.ts';
import { currentPolicy } from '../policies.ts';
import { whoMay } from '../verbs/approvals/approvers.ts';
import { operationRow, type OperationRow, operationViewOf } from '../views/operation.ts';

const openMax = 200;

/** What the feed of Slack reads and stores. */
export const feedStore = (deps: Deps, publicUrl: string | null): Pick<FeedDeps, 'open' | 'look' | 'note'> => ({
  open: async () =>
    await deps.store.read
      .select()
      .from(slackMessages)
      .where(isNull(slackMessages.closedAt))
      .orderBy(asc(slackMessages.createdAt))
      .limit(openMax),
  look: async (telling) => {
    const { read } = deps.store;
    const row = await operationRow(read, telling.operation);
    const view = await operationViewOf(read, row);
    const report = row.endedAt === null ? null : await reportOf(read, row);
    return {
      view,
      report,
      link: report === null || publicUrl === null ? null : await linkTo(deps, publicUrl, report),
      approvers: row.state === 'awaiting-approval' && telling.told === 0 ? await approversOf(deps, row, telling) : [],
    };
  },
  note: async ({ operation, place }, change) => {
    await commit(deps, {
      changes: [
        update(slackMessages)
          .set(columnsOf(change, deps.nowMs()))
          .where(and(eq(slackMessages.operation, operation), eq(slackMessages.place, place))),
      ],
      events: [],
    });
  },
});

const columnsOf = ({ closed, ...rest }: TellingChange, nowMs: number) => ({
  ...rest,
  ...(closed === undefined ? {} : { closedAt: timeOf(nowMs) }),
});

const linkTo = async ({ sealer }: Deps, publicUrl: string, report: Report): Promise<string | null> =>
  sealer === null ? null : await reportLink(sealer, publicUrl, report);

/** What the operation found last: its verification, or its preflight where it came to none. */
async function reportOf(read: Reader, { id }: OperationRow): Promise<Report | null> {
  const [verification] = await read
    .select()
    .from(verifications)
    .where(eq(verifications.operation, id))
    .orderBy(desc(verifications.at))
    .limit(1);
  if (verification !== undefined) return reportOfVerification(verification);
  const [preflight] = await read
    .select()
    .from(preflights)
    .where(eq(preflights.operation, id))
    .orderBy(desc(preflights.at))
    .limit(1);
  return preflight === undefined ? null : reportOfPreflight(preflight);
}

/** Slack's ids of those who may approve here, but for who asked. */
async function approversOf(deps: Deps, { cluster, actor }: OperationRow, { team }: Telling): Promise<string[]> {
  const { read } = deps.store;
  const { policy } = await currentPolicy(read);
  const able = await whoMay(deps, policy, 'plan.approve', cluster);
  if (actor.kind === 'person') able.delete(actor.person);
  const rows = await read
    .select({ externalId: identities.externalId })
    .from(identities)
    .where(and(eq(identities.kind, 'slack'), inArray(identities.person, [...able].slice(0, 90))));
  const accounts = rows.map(({ externalId }) => accountIn(externalId));
  return accounts.filter((one) => team === '' || one.team === team).map(({ user }) => user);
}
