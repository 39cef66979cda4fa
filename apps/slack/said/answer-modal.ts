import { parseCommand } from '#core/command/parse.ts';
import { AppError } from '#core/errors.ts';
import { memberAt, textAt } from '#core/member.ts';
import { problemMessage, refusalMessage } from '../blocks/answers.ts';
import {
  callbacks,
  inputs,
  type MissingMemory,
  missingMemorySchema,
  type VoteMemory,
  voteMemorySchema,
} from '../blocks/modals.ts';
import type { SlackUser } from '../ports.ts';
import { admit } from './admit.ts';
import { alone, answerIntent, type AnswerDeps } from './answer-command.ts';
import { completedText } from './answer-missing.ts';
import { answerVote } from './answer-vote.ts';
import { refusedMessage } from './refused.ts';
import type { Reply } from './reply.ts';

/** What comes of a modal that was sent: a reply to be told in the channel, or an error beside an input of it. */
export interface Submitted {
  channel: string;
  reply: Reply;
  /** What to mend while the form is still open. */
  error?: { block: string; why: string };
}

/** Never throws. Null for a modal that is none of ours. */
export async function answerModal(deps: AnswerDeps, who: SlackUser, view: unknown): Promise<Submitted | null> {
  try {
    return await answered(deps, who, view);
  } catch (error) {
    // One that was opened before an update remembers what this version does not know: told to the person himself.
    deps.log(`slack: a form cannot be read: ${error instanceof Error ? error.name : 'fault'}`);
    return { channel: who.user, reply: alone(unreadable) };
  }
}

const unreadable = refusalMessage({
  message: 'This form is of an older version of Flotilla',
  done: 'Nothing was done.',
  next: 'say or click it again, for a new one.',
});

async function answered(deps: AnswerDeps, who: SlackUser, view: unknown): Promise<Submitted | null> {
  const memory: unknown = JSON.parse(textAt(view, 'private_metadata') ?? '{}');
  const values = valuesOf(view);
  const callback = textAt(view, 'callback_id');
  if (callback === callbacks.missing) return await completed(deps, who, missingMemorySchema.parse(memory), values);
  if (callback !== callbacks.confirm && callback !== callbacks.deny) return null;
  const vote = voteMemorySchema.parse(memory);
  if (callback === callbacks.confirm) return await confirmed(deps, who, vote, values[inputs.confirm] ?? '');
  const reply = await answerVote(deps, who, {
    ...vote,
    verdict: 'deny',
    confirm: null,
    reason: values[inputs.reason] ?? null,
  });
  return { channel: vote.channel, reply };
}

async function completed(
  deps: AnswerDeps,
  who: SlackUser,
  memory: MissingMemory,
  values: Readonly<Record<string, string>>,
): Promise<Submitted> {
  const { channel } = memory;
  const block = Object.keys(values)[0] ?? '';
  try {
    const admitted = await admit(deps, who);
    if (admitted.kind === 'out') return { channel, reply: alone(admitted.message) };
    const parsed = parseCommand(completedText(memory, values), admitted.visitor.mayUse);
    if (!parsed.ok) return errorsOr(block, parsed.problem.message, channel, alone(problemMessage(parsed.problem)));
    return { channel, reply: await answerIntent(admitted, parsed.intent, { ...who, channel }) };
  } catch (error) {
    const reply = alone(refusedMessage(error, deps.log));
    return error instanceof AppError && isAboutInput(error)
      ? errorsOr(block, error.message, channel, reply)
      : { channel, reply };
  }
}

const isAboutInput = ({ code }: AppError): boolean => code === 'invalid_input' || code === 'invalid_spec';

/** Beside the first input, so that it can be mended at once; where there is none, in the channel. */
const errorsOr = (block: string, why: string, channel: string, reply: Reply): Submitted =>
  block === '' ? { channel, reply } : { channel, reply, error: { block, why } };

/** The name is compared here as well, so that it can be typed again; the verb compares it for good. */
async function confirmed(deps: AnswerDeps, who: SlackUser, vote: VoteMemory, typed: string): Promise<Submitted> {
  const { channel, cluster } = vote;
  if (typed.trim() !== cluster) {
    const why = `That is not the name of the cluster, ${cluster}`;
    const reply = alone(refusalMessage({ message: why, done: 'Nothing was done.' }));
    return { channel, reply, error: { block: inputs.confirm, why: `${why}.` } };
  }
  const reply = await answerVote(deps, who, { ...vote, verdict: 'approve', confirm: typed.trim(), reason: null });
  return { channel: vote.channel, reply };
}

/** `state.values.<block>.value`: what was typed or chosen; what was left empty is not there. */
function valuesOf(view: unknown): Record<string, string> {
  const blocks = memberAt(view, 'state', 'values');
  const named = typeof blocks === 'object' && blocks !== null ? Object.entries(blocks) : [];
  return Object.fromEntries(
    named.flatMap(([block, value]) => {
      const text = textAt(value, 'value', 'value') ?? textAt(value, 'value', 'selected_option', 'value');
      return text === null || text.trim() === '' ? [] : [[block, text]];
    }),
  );
}
