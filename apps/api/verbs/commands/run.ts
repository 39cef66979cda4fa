import { isVerb } from '#core/edits.ts';
import type { CommandAnswer, CommandResult } from '#core/command/answer.ts';
import type { Intent } from '#core/command/command.ts';
import { shownForm } from '#core/command/normal-form.ts';
import { parseCommand } from '#core/command/parse.ts';
import type { CommandProblem } from '#core/command/parsed.ts';
import { AppError } from '#core/errors.ts';
import { authorise } from '../../access.ts';
import type { Call, Context } from '../../http/env.ts';
import { proposeAndPlan } from './edit.ts';
import { handlers } from './handlers.ts';
import { mayUse } from './may-use.ts';
import { clusterFor } from './pick-cluster.ts';
import { withoutStop } from '#core/sentence.ts';

/**
 * One line of text, through the same door as everything else: parse, authorise (in the verb itself), commit, answer.
 * @throws AppError `invalid_input` for what is no command, with what could be said; and what the verbs throw.
 */
export async function runCommand({ ctx, input }: Call<{ text: string }>): Promise<CommandAnswer> {
  await authorise(ctx, 'read');
  const parsed = parseCommand(input.text, (command) => mayUse(ctx, command));
  if (!parsed.ok) throw notUnderstood(parsed.problem);
  return await runIntent({ ctx, input: parsed.intent });
}

/** What was understood, and what came of it. */
export async function runIntent({ ctx, input: intent }: Call<Intent>): Promise<CommandAnswer> {
  return { understood: shownForm(intent), result: await resultOf(ctx, intent) };
}

async function resultOf(ctx: Context, intent: Intent): Promise<CommandResult> {
  if (isVerb(intent.command)) return proposeAndPlan(ctx, { ...intent, command: intent.command });
  const handler = handlers[intent.command];
  if (handler === undefined) throw new Error(`the command ${intent.command} has no handler`);
  if (intent.dryRun) {
    throw new AppError('invalid_input', `\`${intent.command}\` has no dry run`, { done: 'Nothing was done.' });
  }
  return handler(ctx, intent, () => clusterFor(ctx, intent));
}

function notUnderstood({ message, suggestions }: CommandProblem): AppError {
  return new AppError('invalid_input', withoutStop(message), {
    done: 'Nothing was done.',
    ...(suggestions.length === 0 ? {} : { next: `Try ${suggestions.map((one) => `\`${one}\``).join(' or ')}.` }),
  });
}
