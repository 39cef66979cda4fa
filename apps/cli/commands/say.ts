import { withMoments } from '#core/moments.ts';
import type { CommandResult } from '#core/command/answer.ts';
import { AppError } from '#core/errors.ts';
import { ontoSentence } from '#core/onto.ts';
import { apiOf } from '#cli/api.ts';
import { decidedBefore } from './decided-before.ts';
import { seenLines } from '#cli/output/operation-view.ts';
import { table } from '#cli/output/table.ts';
import type { Session } from '#cli/session.ts';
import { conclude } from '#cli/progress/conclude.ts';
import { runToEnd } from '#cli/progress/run-to-end.ts';

/** A line as it is said in chat, through the same door; work that it starts is followed to its end. */
export async function say(session: Session, words: readonly string[]): Promise<number> {
  const api = apiOf(session);
  const { client, ask } = api;
  const text = words.length === 1 ? (words[0] ?? '') : words.map(quoted).join(' ');
  if (text.trim() === '')
    throw new AppError('invalid_input', 'Nothing was said', {
      next: 'Try: flotilla say help',
      done: 'Nothing was sent.',
    });
  const { understood, result } = await ask(client.v1.commands.$post({ json: { text } }));
  if (result.kind !== 'operation') {
    session.show({ understood, result }, () => linesOf(session, result));
    return 0;
  }
  if (result.onto !== null) session.say([ontoSentence(result.onto)]);
  const known = await decidedBefore(api, result.operation);
  const ended = await runToEnd(session, result.operation.id, { showPlan: { known } });
  const exitCode = conclude(session, ended);
  session.show(ended.view, () => [...seenLines(ended.view, session.layout()), ...nextLines(ended.view)]);
  return exitCode;
}

/** The shell has taken quotes away; a word with a space in it was one word. */
const quoted = (word: string): string => (/\s/.test(word) && !word.includes('"') ? `"${word}"` : word);

const readRows = (rows: string[][]): string[][] => rows.map((row) => row.map((cell) => withMoments(cell)));

function linesOf(session: Session, result: Exclude<CommandResult, { kind: 'operation' }>): string[] {
  switch (result.kind) {
    case 'text':
      return withMoments(result.text).split('\n');
    case 'table': {
      const columns = result.columns.map((title) => ({ title: title.toUpperCase(), elastic: true }));
      return result.rows.length === 0
        ? [`${result.title}: none`]
        : table(columns, readRows(result.rows), session.layout());
    }
    case 'commands':
      return table(
        [{ title: 'SAY' }, { title: 'TO', wraps: true }],
        result.commands.map(({ name, summary }) => [name, summary]),
        session.layout(),
      );
  }
}

/** A line makes a plan and changes nothing; the plan is applied by its digest. */
const nextLines = ({ kind, state, planDigest }: { kind: string; state: string; planDigest: string | null }): string[] =>
  kind === 'plan' && state === 'succeeded' && planDigest !== null
    ? [`Apply it with: flotilla say apply ${planDigest.slice(0, 12)}`]
    : [];
