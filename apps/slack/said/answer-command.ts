import type { CommandAnswer } from '#core/command/answer.ts';
import { fromChat } from '#core/command/chat-text.ts';
import { commands } from '#core/command/commands.ts';
import type { Intent } from '#core/command/command.ts';
import { parseCommand } from '#core/command/parse.ts';
import { problemMessage } from '../blocks/answers.ts';
import { answerMessage } from '../blocks/command-answer.ts';
import type { WebApi } from '../web/web-api.ts';
import { admit, type AdmitDeps, type Admitted, doubtMessage } from './admit.ts';
import { askForMissing } from './answer-missing.ts';
import { refusedMessage } from './refused.ts';
import type { Reply } from './reply.ts';

export interface Said {
  team: string;
  user: string;
  channel: string;
  text: string;
  /** Opens a modal within three seconds; null where there can be none. */
  triggerId: string | null;
}

export interface AnswerDeps extends AdmitDeps {
  web: WebApi;
  log: (line: string) => void;
}

export const alone = (message: Reply['message']): Reply => ({ message, inChannel: false });

/** From a line of text to what is said to it; null when a modal asks for the rest. Never throws: everybody is answered. */
export async function answerCommand(deps: AnswerDeps, said: Said): Promise<Reply | null> {
  try {
    const admitted = await admit(deps, said);
    if (admitted.kind === 'out') return alone(admitted.message);
    const parsed = parseCommand(fromChat(said.text), admitted.visitor.mayUse);
    if (parsed.ok) return await answerIntent(admitted, parsed.intent, said);
    return (await askForMissing(deps.web, parsed.problem, said)) ? null : alone(problemMessage(parsed.problem));
  } catch (error) {
    return alone(refusedMessage(error, deps.log));
  }
}

/** Runs what was understood. Requests are told to the channel, answers to the asker. @throws what the verb refuses */
export async function answerIntent(
  { visitor, doubt }: Extract<Admitted, { kind: 'in' }>,
  intent: Intent,
  { team, user, channel }: Pick<Said, 'team' | 'user' | 'channel'>,
): Promise<Reply> {
  const changes = commands.get(intent.command)?.changes === true && !intent.dryRun;
  if (doubt !== null && changes) return alone(doubtMessage(doubt));
  const place = { team, user, channel, audience: changes ? 'channel' : 'asker' } as const;
  const answer = await visitor.run(intent, place);
  const inChannel = changes && !startsWork(answer) && !(await visitor.isTold(intent, place));
  return { message: answerMessage(answer, user, changes), inChannel };
}

/** An operation has a message of its own in the channel. */
const startsWork = ({ result }: CommandAnswer): boolean => result.kind === 'operation';
