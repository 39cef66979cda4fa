import { moment } from '#core/moments.ts';
import { countSentence } from '#core/approval/approval.ts';
import { needsName } from '#core/approval/vote.ts';
import { apiOf } from '#cli/api.ts';
import { clean } from '#cli/output/clean.ts';
import type { Session } from '#cli/session.ts';

/** What waits for approval, until when, who may give it, and with which words. Nothing once it is decided. */
export async function awaitedLines(session: Session, operation: string): Promise<string[]> {
  const { client, ask } = apiOf(session);
  const param = { approval: operation };
  const [approval, { items }] = await Promise.all([
    ask(client.v1.approvals[':approval'].$get({ param })),
    ask(client.v1.approvals[':approval'].approvers.$get({ param })),
  ]);
  if (approval.state !== 'open') return [];
  const { cluster, digest, risk, expiresAt } = approval;
  const plan = digest.slice(0, 12);
  const confirm = needsName(risk) ? ` --confirm ${cluster}` : '';
  const who = items.length === 0 ? 'nobody may' : `${items.map(({ name }) => name).join(', ')} may`;
  return clean([
    `Plan ${plan} for ${cluster} waits for approval until ${moment(expiresAt)}, risk ${risk}. ${countSentence(approval)}; ${who}:`,
    `  flotilla approve ${plan}${confirm}`,
  ]);
}
