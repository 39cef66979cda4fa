import { canonical } from '../canonical.ts';
import type { Decision } from '../plan.ts';
import { type TakenKind, takenObject } from '../plan/taken.ts';
import type { Step } from '../step.ts';
import { stepDetails, stepSentence } from '../wording.ts';

/** One step of a plan as a line, or many hosts that do the same one after the other. */
export interface PlanLine {
  /** The numbers of its first and its last step, from 1. */
  first: number;
  last: number;
  /** The host, or how many there are; null for a manager. */
  host: string | null;
  sentence: string;
  details: readonly string[];
}

/** So many hosts in a row are still told one by one. */
const toldOneByOne = 8;

interface Telling {
  /** However many they are. */
  oneByOne?: boolean;
}

/**
 * The steps of a plan as people read them: where more than `toldOneByOne` hosts do the same in a row, one line with all
 * their names. Sixty hosts that join are otherwise a hundred and twenty lines, which hide what comes after them.
 */
export function planStepLines(steps: readonly Step[], { oneByOne = false }: Telling = {}): PlanLine[] {
  const lines: PlanLine[] = [];
  for (let at = 0; at < steps.length;) {
    const run = runFrom(steps, at);
    if (run.length > toldOneByOne && !oneByOne) lines.push(groupLine(run, at));
    else lines.push(...run.map((step, index) => stepLine(step, at + index)));
    at += run.length;
  }
  return lines;
}

const stepLine = (step: Step, at: number): PlanLine => ({
  first: at + 1,
  last: at + 1,
  host: step.host,
  sentence: stepSentence(step),
  details: stepDetails(step),
});

function groupLine(run: readonly Step[], at: number): PlanLine {
  const names = run.map((step) => subjectOf(step)?.host ?? '');
  return {
    first: at + 1,
    last: at + run.length,
    host: `${run.length} hosts`,
    sentence: `${run[0] === undefined ? '' : (subjectOf(run[0])?.sentence ?? '')}: ${names.join(', ')}`,
    details: [],
  };
}

/** The steps from `at` on that say the same of one host after the other. */
function runFrom(steps: readonly Step[], at: number): Step[] {
  const [first, ...rest] = steps.slice(at);
  if (first === undefined) return [];
  const like = subjectOf(first)?.sentence;
  const others = like === undefined ? 0 : rest.findIndex((step) => subjectOf(step)?.sentence !== like);
  return [first, ...rest.slice(0, others === -1 ? rest.length : others)];
}

/** Of a step that many hosts may have alike: its host, and its sentence without what is its host's own. */
function subjectOf(step: Step): { host: string; sentence: string } | null {
  switch (step.kind) {
    case 'prepare-host':
    case 'leave-swarm':
    case 'restart-engine':
      return { host: step.host ?? '', sentence: stepSentence(step) };
    case 'join-manager':
    case 'join-worker': {
      const role = step.kind === 'join-worker' ? 'a worker' : 'a manager';
      const sentence = `join as ${role} through ${step.args.via}, each advertising its own address`;
      return { host: step.host ?? '', sentence };
    }
    case 'set-node':
      return {
        host: step.args.node,
        sentence: stepSentence(step).replace(`set node ${step.args.node}: `, 'set nodes to '),
      };
    default:
      return null;
  }
}

/** A decision as it is told, or one for many nodes that was made in the same way for each. */
export interface DecisionLine {
  paths: readonly string[];
  value: string;
  reason: string;
}

/** What a plan takes over as it runs, by kind: `services`, and their names. */
export const takenNames = (decisions: readonly Decision[]): { kind: TakenKind; names: string[] }[] =>
  [
    ...Map.groupBy(
      decisions.flatMap((one) => takenObject(one) ?? []),
      ({ kind }) => kind,
    ),
  ].map(([kind, all]) => ({
    kind,
    names: all.map(({ name }) => name),
  }));

/** Decisions but for what is taken over, by value and reason; those of more than `toldOneByOne` nodes that differ by nothing but the value as one. */
export function decisionLines(decisions: readonly Decision[], { oneByOne = false }: Telling = {}): DecisionLine[] {
  const told = decisions.filter((one) => takenObject(one) === null);
  const kinds = Map.groupBy(told, ({ path, reason }) =>
    canonical([path.replace(/^nodes\.[^.]+\./, 'nodes.*.'), reason]),
  );
  const lines = [...kinds.values()].flatMap((alike): DecisionLine[] => {
    const [first] = alike;
    const about = first === undefined ? '' : (/^nodes\.[^.]+\.(.+)$/.exec(first.path)?.[1] ?? '');
    if (about === '' || alike.length <= toldOneByOne || oneByOne)
      return alike.map(({ path, value, reason }) => ({ paths: [path], value: String(value), reason }));
    return [
      { paths: [`nodes.*.${about}`], value: `of ${alike.length} nodes each its own`, reason: first?.reason ?? '' },
    ];
  });
  return [...Map.groupBy(lines, ({ value, reason }) => canonical([value, reason])).values()].flatMap((group) =>
    group[0] === undefined ? [] : [{ ...group[0], paths: group.flatMap(({ paths }) => paths) }],
  );
}
