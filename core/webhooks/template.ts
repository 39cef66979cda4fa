import type { Intent } from '../command/command.ts';
import { commands } from '../command/commands.ts';
import { charactersMax, parseCommand } from '../command/parse.ts';
import type { Parsed } from '../command/parsed.ts';
import { isVerb } from '../edits.ts';

/* Commands of rules, with words such as `{digest}` in the places of what a payload says. */

export const placeholders = ['sha', 'image', 'tag', 'digest'] as const;
export type Placeholder = (typeof placeholders)[number];
type Values = Partial<Record<Placeholder, string>>;

const example: Record<Placeholder, string> = {
  sha: '0'.repeat(40),
  image: 'registry.example/web',
  tag: '1.0',
  digest: `sha256:${'0'.repeat(64)}`,
};

/** Why a template cannot be used, or null. It is tried with example values. */
export function checkTemplate(template: string): string | null {
  const unknown = [...template.matchAll(/\{([^}]*)\}/g)].find(([, name]) => !placeholders.some((one) => one === name));
  if (unknown !== undefined)
    return `there is no ${unknown[0]}; use ${placeholders.map((name) => `{${name}}`).join(', ')}`;
  const parsed = parseCommand(filled(template, example));
  if (!parsed.ok) return parsed.problem.message;
  if (!isVerb(parsed.intent.command)) return `\`${parsed.intent.command}\` is no verb of the spec`;
  if (parsed.intent.cluster !== null) return 'the cluster is named by the rule, not by the command';
  return null;
}

const filled = (template: string, values: Values): string =>
  template.replace(/\{(\w+)\}/g, (whole, name: string) => {
    const known = placeholders.find((one) => one === name);
    return known === undefined ? whole : (values[known] ?? whole);
  });

/** The command of a rule that is kept, filled in with plain words, and what it asks for. */
export function commandOf(rule: { command: string }, values: Values): { text: string; parsed: Parsed } {
  const text = filled(rule.command, values);
  const intent = intentOf(rule);
  if (intent === null || text.length > charactersMax) return { text, parsed: parseCommand(text) };
  const args = Object.fromEntries(Object.entries(intent.args).map(([name, value]) => [name, filledIn(value, values)]));
  // What is not valid is told in the words of the parser.
  const isValid = commands.get(intent.command)?.args.safeParse(args).success === true;
  return { text, parsed: isValid ? { ok: true, intent: { ...intent, args } } : parseCommand(text) };
}

const filledIn = (value: unknown, values: Values): unknown =>
  Array.isArray(value)
    ? value.map((one) => filledIn(one, values))
    : typeof value === 'string'
      ? filled(value, values)
      : value;

/** What templates ask for, by the rules that have them: those are kept, and each webhook is matched with the same ones. */
const intents = new WeakMap<object, Intent | null>();

function intentOf(rule: { command: string }): Intent | null {
  const known = intents.get(rule);
  if (known !== undefined) return known;
  const intent = asItStands(rule.command);
  intents.set(rule, intent);
  return intent;
}

/**
 * What a template asks for with its placeholders as they stand; null where a word in their place might mean something else,
 * as `in` or `the` would. It does not as the value of a flag.
 */
function asItStands(template: string): Intent | null {
  const parsed = parseCommand(template);
  const command = parsed.ok ? commands.get(parsed.intent.command) : undefined;
  if (!parsed.ok || command === undefined) return null;
  const byFlag = Object.entries(parsed.intent.args).filter(([name]) => !command.positional.includes(name));
  const isAllByFlag = countIn(JSON.stringify(byFlag.map(([, value]) => value))) === countIn(template);
  return isAllByFlag ? parsed.intent : null;
}

const countIn = (text: string): number => [...text.matchAll(/\{\w+\}/g)].length;
