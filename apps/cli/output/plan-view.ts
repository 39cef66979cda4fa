import type { Finding } from '#core/finding.ts';
import type { Decision, Plan, Risk } from '#core/plan.ts';
import type { Step } from '#core/step.ts';
import { decisionSentence, riskSentence, stepDetails, stepSentence } from '#core/wording.ts';
import { takenObject } from '#core/plan/taken.ts';
import { count } from './duration.ts';
import { findingsLines } from './finding-view.ts';
import { forTerminal } from './image-text.ts';
import { noColours, type Paint } from './paint.ts';
import type { TableOptions } from './table.ts';
import { cut, displayWidth, hang, pad } from './width.ts';

/** The first twelve hex digits: enough to recognise a plan, as with Git. */
export const shortDigest = (digest: string): string => digest.slice(0, 12);

const riskColour = (risk: Risk, paint: Paint): ((text: string) => string) =>
  ({ read: paint.dim, low: paint.green, medium: paint.yellow, high: paint.red, critical: paint.red })[risk];

export interface PlanOptions extends TableOptions {
  /** Decided with an earlier revision: not told again. */
  known?: Decision[];
}

/** The plan as people read it: head, numbered steps, what was decided for them and why, warnings. */
export function planLines(plan: Plan, options: PlanOptions = {}): string[] {
  const paint = options.paint ?? noColours;
  const from = plan.base === null || plan.base === plan.revision ? '' : ` (from ${plan.base})`;
  const head = `${paint.bold(`Plan for cluster ${plan.cluster}`)}, revision ${plan.revision}${from}`;
  if (plan.steps.length === 0)
    return [
      `${head}: ${paint.green('nothing to do')}, the cluster is as the spec says.`,
      ...warningLines(plan, options),
    ];
  return [
    `${head}: ${count(plan.steps.length, 'step')}, digest ${shortDigest(plan.digest)}`,
    `Risk: ${riskColour(plan.risk, paint)(riskSentence(plan.risk))}`,
    '',
    ...stepLines(plan, options),
    ...takenLines(plan, options),
    ...decisionLines(plan, options),
    ...warningLines(plan, options),
  ];
}

function stepLines({ steps }: Plan, { paint = noColours, width }: TableOptions): string[] {
  const hostOf = (host: string | null): string => host ?? 'manager';
  const hostWidth = Math.max(...steps.map(({ host }) => displayWidth(hostOf(host))));
  const numberWidth = String(steps.length).length + 2;
  return steps.flatMap((step, at) => {
    const number = paint.dim(pad(`${at + 1}.`, numberWidth, 'right'));
    const head = `${number} ${pad(hostOf(step.host), hostWidth)}  `;
    return [
      ...hang(head, forTerminal(stepSentence(step), width), width),
      ...detailLines(step, displayWidth(head), { paint, width }),
    ];
  });
}

/** Below a step, each on one line. */
const detailLines = (step: Step, indent: number, { paint = noColours, width }: TableOptions): string[] =>
  stepDetails(step).map((line) => {
    const colour = line.startsWith('+') ? paint.green : line.startsWith('-') ? paint.red : paint.dim;
    const fitting = width === undefined ? line : cut(line, width - indent);
    return `${' '.repeat(indent)}${colour(fitting)}`;
  });

function decisionLines({ decisions }: Plan, { paint = noColours, width, known = [] }: PlanOptions): string[] {
  const before = new Set(known.map(decisionSentence));
  const told = decisions.filter((one) => takenObject(one) === null && !before.has(decisionSentence(one)));
  const groups = [...Map.groupBy(told, ({ value, reason }) => JSON.stringify([value, reason])).values()];
  const lines = groups.flatMap((group) => {
    const value = forTerminal(String(group[0]?.value), width);
    const paths = group.map(({ path }) => path).join(', ');
    return hang('  ', `${paths}: ${paint.bold(value)} (${group[0]?.reason ?? ''})`, width);
  });
  return lines.length === 0 ? [] : ['', paint.bold('Decided for you'), ...lines];
}

/** What becomes ours with this plan, in one line for each kind. */
function takenLines({ decisions }: Plan, { paint = noColours, width, known = [] }: PlanOptions): string[] {
  const before = new Set(known.map(decisionSentence));
  const now = decisions.flatMap((one) => (before.has(decisionSentence(one)) ? [] : (takenObject(one) ?? [])));
  const kinds = [...Map.groupBy(now, ({ kind }) => kind)];
  if (kinds.length === 0) return [];
  const lines = kinds.flatMap(([kind, all]) =>
    hang('  ', `${kind} ${paint.bold(all.map(({ name }) => name).join(', '))}`, width),
  );
  return ['', paint.bold('Taken over as they run'), ...lines];
}

/** Warnings, and below them what is merely to be known. */
function warningLines({ warnings }: Plan, options: PlanOptions): string[] {
  const isNote = ({ severity }: Finding): boolean => severity === 'note';
  const others = warnings.filter((one) => !isNote(one));
  return [...headedLines('Warnings', others, options), ...headedLines('Notes', warnings.filter(isNote), options)];
}

const headedLines = (head: string, findings: Finding[], options: PlanOptions): string[] =>
  findings.length === 0
    ? []
    : ['', (options.paint ?? noColours).bold(head), ...findingsLines(findings, { ...options, verbose: true })];
