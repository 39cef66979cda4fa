import type { Finding } from '#core/finding.ts';
import type { Decision, Plan, Risk } from '#core/plan.ts';
import { decisionSentence, riskSentence } from '#core/wording.ts';
import { decisionLines, type PlanLine, planStepLines, takenNames } from '#core/wording/plan-lines.ts';
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
  /** Every host by itself, also where many do the same. */
  verbose?: boolean;
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
    ...decidedLines(plan, options),
    ...warningLines(plan, options),
  ];
}

function stepLines({ steps }: Plan, { paint = noColours, width, verbose = false }: PlanOptions): string[] {
  const lines = planStepLines(steps, verbose ? { oneByOne: true } : {});
  const hostOf = ({ host }: PlanLine): string => host ?? 'manager';
  const numberOf = ({ first, last }: PlanLine): string => (first === last ? `${first}.` : `${first}-${last}.`);
  const hostWidth = Math.max(...lines.map((line) => displayWidth(hostOf(line))));
  const numberWidth = Math.max(...lines.map((line) => numberOf(line).length)) + 1;
  return lines.flatMap((line) => {
    const head = `${paint.dim(pad(numberOf(line), numberWidth, 'right'))} ${pad(hostOf(line), hostWidth)}  `;
    return [
      ...hang(head, forTerminal(line.sentence, width), width),
      ...detailLines(line, displayWidth(head), { paint, width }),
    ];
  });
}

/** Below a step, each on one line. */
const detailLines = ({ details }: PlanLine, indent: number, { paint = noColours, width }: TableOptions): string[] =>
  details.map((line) => {
    const colour = line.startsWith('+') ? paint.green : line.startsWith('-') ? paint.red : paint.dim;
    const fitting = width === undefined ? line : cut(line, width - indent);
    return `${' '.repeat(indent)}${colour(fitting)}`;
  });

function decidedLines(
  { decisions }: Plan,
  { paint = noColours, width, known = [], verbose = false }: PlanOptions,
): string[] {
  const before = new Set(known.map(decisionSentence));
  const told = decisions.filter((one) => !before.has(decisionSentence(one)));
  const lines = decisionLines(told, verbose ? { oneByOne: true } : {}).flatMap(({ paths, value, reason }) =>
    hang('  ', `${paths.join(', ')}: ${paint.bold(forTerminal(value, width))} (${reason})`, width),
  );
  return lines.length === 0 ? [] : ['', paint.bold('Decided for you'), ...lines];
}

/** What becomes ours with this plan, in one line for each kind. */
function takenLines({ decisions }: Plan, { paint = noColours, width, known = [] }: PlanOptions): string[] {
  const before = new Set(known.map(decisionSentence));
  const now = takenNames(decisions.filter((one) => !before.has(decisionSentence(one))));
  if (now.length === 0) return [];
  const lines = now.flatMap(({ kind, names }) => hang('  ', `${kind} ${paint.bold(names.join(', '))}`, width));
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
