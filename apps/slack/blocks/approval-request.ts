import { type Approval, countSentence } from '#core/approval/approval.ts';
import { riskSentence } from '#core/wording.ts';
import { code, type Message, mention, message, moment, plain, section } from './text.ts';

/** Who may approve is called by name, up to so many; more would be noise. */
const calledMax = 8;

/** Told below the operation when its plan waits: an edited message calls nobody. */
export function approvalRequest(approval: Approval, approvers: readonly string[]): Message {
  const { cluster, digest, risk, expiresAt } = approval;
  const called = approvers.slice(0, calledMax).map((user) => mention(user));
  const who =
    called.length === 0
      ? 'Nobody who may approve is linked to Slack; `flotilla approvals ls` shows it.'
      : called.join(' ');
  return message(`A plan of ${cluster} waits for approval`, [
    section(
      `:raised_hand: Plan ${code(digest.slice(0, 12))} of *${plain(cluster)}* waits: ${plain(countSentence(approval))}, until ${moment(expiresAt)}. Risk: ${riskSentence(risk)}.\n${who}`,
    ),
  ]);
}
