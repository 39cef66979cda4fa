import { type Field, fieldsOf } from '../edits/fields.ts';
import { didYouMean } from '../nearest.ts';
import type { Command } from './command.ts';
import { type Parsed, refuse } from './parsed.ts';
import type { Word } from './words.ts';

/** The args of a command, with what every command takes. */
export interface Filled {
  ok: true;
  args: Record<string, unknown>;
  cluster: string | null;
  reason: string | null;
  dryRun: boolean;
  /** By a flag of the command line; `!` says the same. */
  force: boolean;
}

/** Short forms that people use before a colon. */
const abbreviations: Readonly<Record<string, string>> = { net: 'network', avail: 'availability' };
/** Flags as the command line has them, so that a line can be taken from a terminal to a chat. */
const shortFlags: Readonly<Record<string, string>> = {
  c: 'cluster',
  e: 'env',
  l: 'label',
  n: 'limit',
  p: 'publish',
  y: 'yes',
  as: 'person',
};
const forceFlags = ['force', 'take-over'];

/** Words that announce the cluster, unless the command has an argument of that name. */
const clusterWords = ['in', 'on', 'to', 'at'];
const argumentWords = ['to', 'for', 'until', 'from', 'on', 'as'];
/** Words that only make a sentence of it. */
const fillers = ['please', 'the', 'a', 'an', 'cluster'];

type Refusal = Extract<Parsed, { ok: false }>;

/** Takes words one after the other: flags, `key:value`, `in prod`, and what is left by its place. */
export function fillFields(command: Command, words: readonly Word[]): Filled | Refusal {
  const fields = fieldsOf(command);
  const filled: Filled = { ok: true, args: {}, cluster: null, reason: null, dryRun: false, force: false };
  const places = fields.filter((field) => field.positional);
  let at = 0;
  while (at < words.length) {
    const taken =
      takeNamed({ command, fields, filled }, words, at) ?? takePlace({ command, places, filled }, words[at]);
    if (typeof taken !== 'number') return taken;
    at += taken;
  }
  return filled;
}

interface Filling {
  command: Command;
  fields: readonly Field[];
  filled: Filled;
}

/** How many words were taken; undefined when the word names nothing. */
function takeNamed(filling: Filling, words: readonly Word[], at: number): number | Refusal | undefined {
  const word = words[at];
  if (word === undefined) return undefined;
  const next = words[at + 1]?.text;
  if (/^--?[a-z]/i.test(word.text)) return takeFlag(filling, word, next);
  if (word.quoted) return undefined;
  const said = word.text.toLowerCase();
  const { fields, command, filled } = filling;
  const own = fields.find((field) => field.name === said && argumentWords.includes(said));
  if (own !== undefined && next !== undefined) return put(filling, own, next) ?? 2;
  if (command.cluster === 'one' && clusterWords.includes(said) && next !== undefined) {
    filled.cluster = next;
    return 2;
  }
  const [key = '', ...value] = word.text.split(':');
  const named = fields.find((field) => field.name === (abbreviations[key] ?? key) && value.length > 0);
  if (named !== undefined && !named.positional) return put(filling, named, value.join(':')) ?? 1;
  return undefined;
}

/** `--name value`, `--name=value`, `--flag`. */
function takeFlag(filling: Filling, word: Word, next: string | undefined): number | Refusal {
  const { fields, filled, command } = filling;
  const [, said = '', given] = /^--?([\w-]+)(?:=(.*))?$/s.exec(word.text) ?? [];
  const name = shortFlags[said] ?? said;
  const value = given ?? next;
  const length = given === undefined ? 2 : 1;
  if (name === 'dry-run') {
    filled.dryRun = true;
    return 1;
  }
  // Nothing is asked here before it is done: the plan is what is agreed to.
  if (name === 'yes') return 1;
  if (forceFlags.includes(name) && keepsOut(command)) {
    filled.force = true;
    return 1;
  }
  if (name === 'all' && keepsOut(command)) {
    filled.cluster = 'all';
    return 1;
  }
  if (name === 'cluster' || name === 'reason') {
    if (value === undefined) return refuse('missing', `\`--${name}\` needs a value.`);
    filled[name] = value;
    return length;
  }
  const field = fields.find(({ flag }) => flag === `--${name}`);
  if (field === undefined) {
    const flags = [...fields.map(({ flag }) => flag), '--cluster', '--reason', '--dry-run'];
    const message = `\`${command.name}\` has no \`${word.text}\`${didYouMean(`--${name}`, flags)}`;
    return refuse('unexpected', message.replace(/([^?])$/, '$1.'), { suggestions: [command.example] });
  }
  if (field.kind === 'boolean') return put(filling, field, given ?? 'true') ?? 1;
  if (value === undefined) return refuse('missing', `\`${field.flag}\` needs a value.`);
  return put(filling, field, value) ?? length;
}

/** Locks and freezes, which `!` takes over and `all` may be put on. */
const keepsOut = ({ name }: Command): boolean => /^(?:un)?(?:lock|freeze)$/.test(name);

/** Undefined when it was put in its place. */
function put({ filled: { args }, command }: Filling, field: Field, text: string): Refusal | undefined {
  const value = valueOf(field, text);
  if (value === undefined)
    return refuse('invalid', `\`${command.name}\`: ${field.name} must be ${expected(field)}, not \`${text}\`.`);
  const before = args[field.name];
  args[field.name] = field.kind === 'list' && Array.isArray(before) ? [...before, text] : value;
  return undefined;
}

function valueOf({ kind, choices }: Field, text: string): unknown {
  if (kind === 'list') return [text];
  if (kind === 'number') return /^\d+$/.test(text) ? Number(text) : undefined;
  if (kind === 'boolean') return { true: true, yes: true, false: false, no: false }[text.toLowerCase()];
  if (kind === 'choice') return choices.find((choice) => choice === text.toLowerCase());
  return text;
}

const expected = ({ kind, choices }: Field): string =>
  kind === 'choice' ? choices.join(' or ') : kind === 'number' ? 'a whole number' : 'true or false';

function takePlace(
  { command, places, filled }: { command: Command; places: readonly Field[]; filled: Filled },
  word: Word | undefined,
): number | Refusal {
  const place = places.find((field) => filled.args[field.name] === undefined);
  if (word === undefined) return 1;
  if (!word.quoted && fillers.includes(word.text.toLowerCase())) return 1;
  if (place !== undefined) return put({ command, fields: places, filled }, place, word.text) ?? 1;
  return refuse('unexpected', `\`${command.name}\` does not know what to do with \`${word.text}\`.`, {
    suggestions: [command.example],
  });
}
