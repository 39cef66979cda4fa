import { countSentence } from '#core/approval/approval.ts';
import { code, message, plain, section } from '../blocks/text.ts';
import type { SlackUser, SlackVote } from '../ports.ts';
import { admit, doubtMessage } from './admit.ts';
import { alone, type AnswerDeps } from './answer-command.ts';
import { refusedMessage } from './refused.ts';
import type { Reply } from './reply.ts';

/** Casts a vote and says what came of it, or why it does not count, to the voter alone. Never throws. */
export async function answerVote(deps: AnswerDeps, who: SlackUser, vote: SlackVote): Promise<Reply> {
  try {
    const admitted = await admit(deps, who);
    if (admitted.kind === 'out') return alone(admitted.message);
    if (admitted.doubt !== null) return alone(doubtMessage(admitted.doubt));
    const approval = await admitted.visitor.vote(vote);
    const said =
      vote.verdict === 'approve'
        ? `Your approval counts: ${countSentence(approval)}`
        : 'Your denial counts: it is not done';
    return alone(
      message(said, [
        section(`${plain(said)}. Plan ${code(approval.digest.slice(0, 12))} of ${plain(approval.cluster)}.`),
      ]),
    );
  } catch (error) {
    return alone(refusedMessage(error, deps.log));
  }
}
