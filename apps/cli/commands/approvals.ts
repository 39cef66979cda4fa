import { moment } from '#core/moments.ts';
import { type Approval, countSentence } from '#core/approval/approval.ts';
import { apiOf } from '#cli/api.ts';
import { endOfId } from '#cli/output/operations-view.ts';
import { table } from '#cli/output/table.ts';
import type { Session } from '#cli/session.ts';

export async function approvalsLs(session: Session, { all = false }: { all?: boolean }): Promise<void> {
  const { client, ask } = apiOf(session);
  const { items } = await ask(client.v1.approvals.$get({ query: { all: all ? 'true' : 'false' } }));
  const columns = [
    { title: 'PLAN' },
    { title: 'CLUSTER' },
    { title: 'RISK' },
    { title: 'STATE' },
    { title: 'APPROVED', elastic: true },
    { title: 'UNTIL' },
    { title: 'OPERATION', brief: endOfId },
  ];
  session.show(items, () =>
    items.length === 0
      ? ['Nothing waits for approval.']
      : table(
          columns,
          items.map((one) => cells(one)),
          session.layout(),
        ),
  );
}

const cells = (approval: Approval): string[] => [
  approval.digest.slice(0, 12),
  approval.cluster,
  approval.risk,
  approval.state,
  `${
    approval.votes
      .filter(({ verdict }) => verdict === 'approve')
      .map(({ name }) => name)
      .join(', ') || 'nobody'
  } (needs ${approval.required})`,
  moment(approval.expiresAt),
  approval.operation,
];

export async function approve(
  session: Session,
  approval: string,
  { confirm, reason }: { confirm?: string; reason?: string },
): Promise<void> {
  const { client, ask } = apiOf(session);
  const json = { confirm: confirm ?? null, reason: reason ?? null };
  const after = await ask(client.v1.approvals[':approval'].approve.$post({ param: { approval }, json }));
  session.show(after, () => [
    after.state === 'approved'
      ? `Approved. Operation ${after.operation} takes its turn: flotilla ops watch ${after.operation}`
      : `Your approval counts. ${countSentence(after)}.`,
  ]);
}

export async function deny(session: Session, approval: string, { reason }: { reason: string }): Promise<void> {
  const { client, ask } = apiOf(session);
  const after = await ask(client.v1.approvals[':approval'].deny.$post({ param: { approval }, json: { reason } }));
  session.show(after, () => [`Denied. Operation ${after.operation} does not run.`]);
}
