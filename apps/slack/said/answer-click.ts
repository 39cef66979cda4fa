import type { Intent } from '#core/command/command.ts';
import { commands } from '#core/command/commands.ts';
import { refusalMessage } from '../blocks/answers.ts';
import { actions, type ApprovalReference, approvalReference } from '../blocks/buttons.ts';
import { confirmModal, denyModal } from '../blocks/modals.ts';
import type { SlackUser } from '../ports.ts';
import { admit } from './admit.ts';
import { alone, answerIntent, type AnswerDeps } from './answer-command.ts';
import { answerVote } from './answer-vote.ts';
import { refusedMessage } from './refused.ts';
import type { Reply } from './reply.ts';

export interface Click extends SlackUser {
  channel: string;
  action: string;
  value: string;
  triggerId: string | null;
}

const openMs = 2_000;

/**
 * What a click comes to: a vote, a modal that asks for more (null), or the command that the button stands for. Whether
 * the clicker may is decided now, whatever the message shows. Never throws, never silent.
 */
export async function answerClick(deps: AnswerDeps, click: Click): Promise<Reply | null> {
  try {
    const reference = approvalReference(click.value);
    if (click.action === actions.approve && reference !== null)
      return await answerVote(deps, click, { ...reference, verdict: 'approve', confirm: null, reason: null });
    if (reference !== null && (click.action === actions.confirm || click.action === actions.deny))
      return await askMore(deps, click, reference);
    const intent = intentOf(click);
    if (intent === null)
      return alone(refusalMessage({ message: 'This button is of an older version', done: 'Nothing was done.' }));
    const admitted = await admit(deps, click);
    return admitted.kind === 'out' ? alone(admitted.message) : await answerIntent(admitted, intent, click);
  } catch (error) {
    return alone(refusedMessage(error, deps.log));
  }
}

/** A modal for the typed name or the reason; only for who may, so that nobody types for nothing. */
async function askMore(deps: AnswerDeps, click: Click, reference: ApprovalReference): Promise<Reply | null> {
  const admitted = await admit(deps, click);
  if (admitted.kind === 'out') return alone(admitted.message);
  const isDeny = click.action === actions.deny;
  const command = commands.get(isDeny ? 'deny' : 'approve');
  if (command !== undefined && !admitted.visitor.mayUse(command)) {
    const message = `Your role does not let you ${command.name} plans`;
    return alone(refusalMessage({ message, done: 'Nothing was done.', next: '`/swarm can approve` says who may.' }));
  }
  const memory = { ...reference, channel: click.channel };
  const view = isDeny ? denyModal(memory) : confirmModal(memory);
  const opened = await deps.web('views.open', { trigger_id: click.triggerId, view }, openMs);
  if (opened.kind === 'ok') return null;
  const typed = isDeny
    ? `deny ${reference.approval} : why`
    : `approve ${reference.approval} --confirm ${reference.cluster}`;
  return alone(
    refusalMessage({
      message: 'Slack did not open the form in time',
      done: 'Nothing was done.',
      next: `click again, or type \`/swarm ${typed}\`.`,
    }),
  );
}

/** The command that a button stands for. */
function intentOf({ action, value }: Click): Intent | null {
  const plain = { args: {}, cluster: null, reason: null, dryRun: false, force: false };
  if (action === actions.apply) return { ...plain, command: 'apply', args: { plan: value } };
  if (action === actions.cancel) return { ...plain, command: 'cancel', args: { operation: value } };
  if (action === actions.retry) return { ...plain, command: 'ops retry', args: { operation: value } };
  if (action === actions.verify) return { ...plain, command: 'verify', cluster: value };
  return null;
}
