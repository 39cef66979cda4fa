import { createInterface } from 'node:readline/promises';
import { AppError } from '#core/errors.ts';

/**
 * Asks a person a question that means no unless he says yes. Ctrl-C and Ctrl-D mean no.
 * The question goes to the standard error, so that the standard output holds the result only.
 */
export async function askYesNo(question: string): Promise<boolean> {
  const lines = createInterface({ input: process.stdin, output: process.stderr });
  const gone = new AbortController();
  lines.on('SIGINT', () => gone.abort()).on('close', () => gone.abort());
  try {
    const answer = await lines.question(`${question} [y/N] `, { signal: gone.signal });
    return /^\s*y(es)?\s*$/i.test(answer);
  } catch (error) {
    if (!gone.signal.aborted) throw error;
    process.stderr.write('\n');
    return false;
  } finally {
    lines.close();
  }
}

/** Refuses to go on where nobody can be asked. Call it before anything is done. */
export const cannotAsk = (): AppError =>
  new AppError('invalid_input', 'This changes something and there is no terminal to ask for consent', {
    done: 'Nothing was sent.',
    next: 'Add --yes to agree beforehand, or --dry-run to see the plan only (where the command has it).',
  });
