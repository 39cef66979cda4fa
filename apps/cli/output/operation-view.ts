import { moment } from '#core/moments.ts';
import type { OperationView } from '#core/wire.ts';
import { inspectionSchema } from '#core/inspection.ts';
import { runningSchema } from '#core/running.ts';
import type { Verification } from '#core/verification.ts';
import { endedLines, labelOf } from '#cli/progress/step-line.ts';
import { actorText } from './actor-text.ts';
import { failureLines } from './failure-view.ts';
import { requestText, stateText, tookText } from './operations-view.ts';
import { noColours, type Paint } from './paint.ts';
import { inspectionLines } from './inspection-view.ts';
import { planLines, shortDigest } from './plan-view.ts';
import { runningLines } from './running-view.ts';
import { pairs, type TableOptions } from './table.ts';
import { verificationLines } from './verification-view.ts';

export interface OperationShown {
  view: OperationView;
  /** The report of what the operation verified, if it did. */
  verification: Verification | null;
}

/** One operation: head, plan or steps with their outcome, what was seen, and why it failed. */
export function operationLines(
  { view, verification }: OperationShown,
  nowMs: number,
  options: TableOptions = {},
): string[] {
  const paint = options.paint ?? noColours;
  const blocks = [
    headLines(view, nowMs, paint),
    view.kind === 'plan' && view.plan !== null ? planLines(view.plan, options) : [],
    view.steps.flatMap((one) => stepLines(one, options)),
    verification === null ? [] : verificationLines(verification, options),
    seenLines(view, options),
    view.error === null ? [] : failureLines(view.error, options),
  ];
  return blocks.filter((block) => block.length > 0).flatMap((block, at) => (at === 0 ? block : ['', ...block]));
}

/** What an operation saw that was only to look. */
export function seenLines({ kind, result }: Pick<OperationView, 'kind' | 'result'>, options: TableOptions): string[] {
  const network = kind === 'inspect' ? inspectionSchema.safeParse(result) : undefined;
  if (network?.success === true) return inspectionLines(network.data, options);
  const running = kind === 'ps' ? runningSchema.safeParse(result) : undefined;
  return running?.success === true ? runningLines(running.data, options) : [];
}

function headLines(view: OperationView, nowMs: number, paint: Paint): string[] {
  const optional = (name: string, value: string | null): [string, string][] => (value === null ? [] : [[name, value]]);
  return [
    `${paint.bold(view.id)} ${stateText(view.state, paint)}`,
    ...pairs(
      [
        ['what', requestText(view.request)],
        ...optional('cluster', view.cluster),
        ['by', actorText(view.actor)],
        ...optional('reason', view.reason),
        ...optional('plan', view.planDigest === null ? null : shortDigest(view.planDigest)),
        ...optional('retry of', view.retryOf),
        ['asked for', moment(view.createdAt)],
        ...optional('started', view.startedAt === null ? null : moment(view.startedAt)),
        ...optional('took', view.startedAt === null ? null : tookText(view, nowMs)),
      ],
      paint,
    ),
  ];
}

function stepLines({ step, state, outcome, ms }: OperationView['steps'][number], options: TableOptions): string[] {
  const paint = options.paint ?? noColours;
  const one = { id: step.id, step, state, outcome, ms, startedAtMs: null, note: null };
  if (state === 'ended') return endedLines(one, options);
  return [state === 'running' ? `${paint.cyan('▸')} ${labelOf(one)} (running)` : `${paint.dim('·')} ${labelOf(one)}`];
}
