import type { InputIssue } from '../errors.ts';
import { aboutKey } from './about-key.ts';
import { checkSpec } from './check.ts';
import { takeStacks, whereWritten } from './compose/take-stacks.ts';
import type { LeftOut } from './compose/words.ts';
import { inputIssues } from './input-issues.ts';
import { pointerOf } from '../pointer.ts';
import { withoutWrong } from './second-look.ts';
import { withoutSettled, withSettled } from './settled.ts';
import { type Spec, specSchema } from './spec.ts';
import { stacksOf } from './stack.ts';
import { asWritten, checkStacks, withStacks } from './stacks.ts';
import { isTakenDown, namesNothing } from './taken-down.ts';
import { withoutEmpty } from './tidy.ts';

export type ParsedSpec = { ok: true; spec: Spec } | { ok: false; issues: InputIssue[] };

/**
 * Reads a spec as people write it and fills in every default. Never throws: everything that is wrong is told at once,
 * each with a JSON pointer. What has a wrong form is left out of the checks that span several places (check.ts).
 * A parsed spec, given again, parses to itself. `mayBeTakenDown`: a spec that names nothing at all is one, too.
 */
export function parseSpec(input: unknown, { mayBeTakenDown = false } = {}): ParsedSpec {
  const rest = withoutSettled(input);
  const parsed = parseRest(rest, input, mayBeTakenDown);
  // What is wrong is looked for in the whole, so that all of it is told as ever.
  return parsed.ok || rest === input ? parsed : parseRest(input, input, mayBeTakenDown);
}

function parseRest(rest: unknown, input: unknown, mayBeTakenDown: boolean): ParsedSpec {
  const taken = takeStacks(withoutEmpty(rest));
  const issues = (some: InputIssue[]): ParsedSpec => ({ ok: false, issues: whereWritten(some, taken.places) });
  const parsed = specSchema.safeParse(taken.input);
  const faults = [...taken.issues, ...(parsed.success ? [] : formIssues(parsed.error, taken.input))];
  if (!parsed.success || faults.length > 0) return issues([...faults, ...issuesOfRest(taken.input, faults)]);
  const written = withSettled(parsed.data, input);
  const beforehand = checkStacks(written);
  if (beforehand.length > 0) return issues(beforehand);
  const spec = withLeftOut(withStacks(written), written, taken.leftOut);
  if (mayBeTakenDown && isTakenDown(spec) && namesNothing(spec)) return { ok: true, spec };
  const found = checkSpec(spec);
  return found.length > 0 ? issues(asWritten(found, written)) : { ok: true, spec };
}

/** What is wrong with the form of a Compose file, whatever spec it comes into. Pointers begin at the file. */
export function composeIssues(compose: unknown): InputIssue[] {
  const taken = takeStacks(withoutEmpty({ cluster: 'any', nodes: {}, stacks: { any: { compose } } }));
  const parsed = specSchema.safeParse(taken.input);
  const faults = [...taken.issues, ...(parsed.success ? [] : formIssues(parsed.error, taken.input))];
  const inSpec = pointerOf(['stacks', 'any', 'compose']);
  return whereWritten(faults, taken.places).map((issue) => ({ ...issue, pointer: issue.pointer.slice(inSpec.length) }));
}

type FormError = NonNullable<ReturnType<typeof specSchema.safeParse>['error']>;

const formIssues = (error: FormError, input: unknown): InputIssue[] =>
  withoutConsequences(inputIssues(error, { schema: specSchema, input, aboutKey }));

/** What the checks of the whole say of the rest; nothing where they cannot be made. */
function issuesOfRest(input: unknown, faults: readonly InputIssue[]): InputIssue[] {
  const parsed = specSchema.safeParse(withoutWrong(input, faults));
  if (!parsed.success) return [];
  const beforehand = checkStacks(parsed.data);
  return beforehand.length > 0 ? beforehand : asWritten(checkSpec(withStacks(parsed.data)), parsed.data);
}

/** Who builds an image here, or takes it from another service, has left it out for that reason, which is told already. */
function withoutConsequences(issues: InputIssue[]): InputIssue[] {
  const told = new Set(issues.map(({ pointer }) => pointer));
  return issues.filter(({ pointer, message }) => {
    const runnable = message === 'is missing' ? /^(.*)\/image$/u.exec(pointer)?.[1] : undefined;
    return runnable === undefined || !(told.has(`${runnable}/build`) || told.has(`${runnable}/extends`));
  });
}

/** With what was left out of the stacks that it is deployed with, and of those that were deployed before and are there. */
function withLeftOut(whole: Spec, written: Spec, now: LeftOut): Spec {
  const { left_out: before, ...spec } = whole;
  if (before === undefined && Object.keys(now).length === 0) return whole;
  const there = stacksOf(spec);
  const all = Object.entries({ ...before, ...now }).filter(
    ([stack]) => Object.hasOwn(there, stack) && (Object.hasOwn(now, stack) || !Object.hasOwn(written.stacks, stack)),
  );
  return all.length === 0 ? spec : { ...spec, left_out: Object.fromEntries(all) };
}
