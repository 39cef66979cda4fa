import { type Outcome, type Step, whyNot } from '#core/step.ts';
import { stepSentence } from '#core/wording.ts';
import { duration } from '#cli/output/duration.ts';
import { forTerminal, shortDigests } from '#cli/output/image-text.ts';
import { noColours, type Paint } from '#cli/output/paint.ts';
import type { TableOptions } from '#cli/output/table.ts';
import { hang, pad } from '#cli/output/width.ts';
import type { StepProgress } from './progress.ts';

const frames = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'];
const timeColumns = 8;

/** The spinner's picture at a moment of its own clock. */
export const spinner = (ms: number): string => frames[Math.floor(ms / 100) % frames.length] ?? '';

/** `h2: join as a worker through h1`. The details in brackets are left to the plan. */
export const labelOf = ({ step, id }: Pick<StepProgress, 'step' | 'id'>): string =>
  step === null ? id : `${step.host === null ? '' : `${step.host}: `}${shortSentence(step)}`;

const shortSentence = (step: Step): string =>
  step.kind === 'verify' ? 'verify' : stepSentence(step).replace(/ \([^()]*\)$/, '');

/** A look changes nothing, so "was so already" says nothing of it. */
export const isLook = (step: Step | null): boolean => step?.kind === 'prepare-host' || step?.kind === 'verify';

/** `✓   1.2 s  h2: join as a worker through h1`, and under a failed one what went wrong. */
export function endedLines(one: StepProgress, { paint = noColours, width }: TableOptions = {}): string[] {
  const { outcome, step, ms } = one;
  if (outcome === null) return [];
  const wasSo = outcome.kind === 'already-done' && !isLook(step);
  const time = pad(ms === null ? '' : duration(ms), timeColumns, 'right');
  const label = forTerminal(labelOf(one), width) + (wasSo ? paint.dim(' (was so already)') : '');
  return [
    ...hang(`${wasSo ? paint.green('=') : mark(outcome, paint)} ${paint.dim(time)}  `, label, width),
    ...trouble(outcome).flatMap((line) => hang(' '.repeat(timeColumns + 4), paint.red(line), width)),
  ];
}

const mark = ({ kind }: Outcome, paint: Paint): string =>
  ({ done: paint.green('✓'), 'already-done': paint.green('✓'), blocked: paint.yellow('■'), failed: paint.red('✗') })[
    kind
  ];

function trouble(outcome: Outcome): string[] {
  const why = whyNot(outcome);
  if (why === undefined) return [];
  return [outcome.kind === 'blocked' ? `blocked: ${why}` : why];
}

/** `⠙   0.8 s  h3: join as a worker through h1  pulling nginx` */
export function runningLine(one: StepProgress, nowMs: number, paint: Paint): string {
  const ms = Math.max(0, nowMs - (one.startedAtMs ?? nowMs));
  const note = one.note === null ? '' : `  ${paint.dim(one.note)}`;
  return `${paint.cyan(spinner(nowMs))} ${paint.dim(pad(duration(ms), timeColumns, 'right'))}  ${shortDigests(labelOf(one))}${note}`;
}
