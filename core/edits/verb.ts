import type { z } from 'zod';
import { AppError } from '../errors.ts';
import type { Decision } from '../plan.ts';
import { inputIssues } from '../spec/input-issues.ts';
import type { Spec, SpecInput } from '../spec/spec.ts';

/** What an edit starts from. */
export interface Start {
  /** The spec of the current revision; null only before `cluster create`. */
  current: Spec | null;
  /** The spec of the revision that `neededRevision` names; null for every verb but `rollback`. */
  earlier: Spec | null;
  /** Hosts that belong to the cluster; those that leave are in no spec any more and still here. */
  members: readonly string[];
}

/** What was fixed with the revisions that an edit starts from. */
export interface Decided {
  current: readonly Decision[];
  /** With the revision that `neededRevision` names; empty for every verb but `rollback`. */
  earlier: readonly Decision[];
}

/** A verb as HTTP, CLI and chat see it. The args are one flat object, the same through every door. */
export interface Verb {
  /** `network`, or `rollback` for the verb without a noun. */
  noun: string;
  /** `create`; empty for the verb without a noun. */
  action: string;
  summary: string;
  /** A whole command line, without the program's name. */
  example: string;
  /** Args that the CLI takes without a flag, in order. */
  positional: readonly string[];
  /** Those of them that the CLI takes by their flag as well. */
  alsoFlags?: readonly string[];
  /** The first position is the cluster itself, which is then said nowhere else. */
  namesCluster?: true;
  args: z.ZodObject;
  /**
   * The spec after the edit, not yet checked as a whole.
   * @throws AppError invalid_input, not_found, already_exists, conflict, not_supported_yet
   */
  apply: (args: unknown, start: Start) => SpecInput;
  /** The revision whose spec must be given as `earlier`; null for none. */
  neededRevision: (args: unknown) => number | null;
  /** What stays fixed for `auto` and for the tags of images after the edit. */
  decisions: (args: unknown, decided: Decided) => readonly Decision[];
}

type Head = Omit<Verb, 'apply' | 'neededRevision' | 'decisions' | 'args'>;
type Own<A extends z.ZodObject> = Head & {
  args: A;
  needs?: (args: z.output<A>) => number;
  /** Without it everything stays that is fixed. */
  decide?: (args: z.output<A>, decided: Decided) => readonly Decision[];
};

/** A verb that edits the spec of an existing cluster. */
export const editVerb = <A extends z.ZodObject>(
  own: Own<A> & { edit: (spec: Spec, args: z.output<A>, start: Start) => SpecInput },
): Verb => startVerb({ ...own, edit: (args, start) => own.edit(required(start.current), args, start) });

/** A verb that may start from something else than the current spec. */
export function startVerb<A extends z.ZodObject>(
  own: Own<A> & { edit: (args: z.output<A>, start: Start) => SpecInput },
): Verb {
  const { edit, needs, decide, ...head } = own;
  return {
    ...head,
    apply: (args, start) => edit(parseArgs(own, args), start),
    neededRevision: (args) => (needs === undefined ? null : needs(parseArgs(own, args))),
    decisions: (args, decided) => (decide === undefined ? decided.current : decide(parseArgs(own, args), decided)),
  };
}

function parseArgs<A extends z.ZodObject>({ args: schema, noun, action }: Own<A>, args: unknown): z.output<A> {
  const parsed = schema.safeParse(args);
  if (parsed.success) return parsed.data;
  const issues = inputIssues(parsed.error, { schema, input: args });
  throw new AppError(
    'invalid_input',
    `The arguments of \`${noun}${action === '' ? '' : ` ${action}`}\` are not valid.`,
    {
      issues,
      done: 'Nothing was changed.',
    },
  );
}

function required(current: Spec | null): Spec {
  if (current !== null) return current;
  throw new AppError('not_found', 'The cluster has no spec yet.', {
    done: 'Nothing was changed.',
    next: 'Make the cluster first: `flotilla cluster create`, or `flotilla apply -f`.',
  });
}
