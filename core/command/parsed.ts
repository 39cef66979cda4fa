import type { Field } from '../edits/fields.ts';
import type { Intent } from './command.ts';

export type Unparsed =
  | 'empty'
  | 'too-long'
  | 'unreadable'
  | 'open-quote'
  | 'unknown'
  | 'missing'
  | 'unexpected'
  | 'invalid';

/** Why a line is no intent, in a sentence, with what could be said instead. */
export interface CommandProblem {
  kind: Unparsed;
  message: string;
  /** Command lines, the likeliest first; at most three. */
  suggestions: string[];
  /** For `missing`: what was understood so far, and what is still to be asked for. */
  missing?: { intent: Intent; fields: Field[] };
}

export type Parsed = { ok: true; intent: Intent } | { ok: false; problem: CommandProblem };

export const refuse = (
  kind: Unparsed,
  message: string,
  more: Partial<Pick<CommandProblem, 'suggestions' | 'missing'>> = {},
): Extract<Parsed, { ok: false }> => ({ ok: false, problem: { kind, message, suggestions: [], ...more } });
