import { count, duration } from '#cli/output/duration.ts';
import type { Paint } from '#cli/output/paint.ts';
import type { Progress, StepProgress } from './progress.ts';
import { isLook } from './step-line.ts';

const succeeded = ({ outcome }: StepProgress): boolean => outcome?.kind === 'done' || outcome?.kind === 'already-done';

/** `5 of 12 steps, 3.4 s`, while it runs. */
export function runningSummary({ steps, startedAtMs, state }: Progress, nowMs: number): string {
  const since = startedAtMs === null ? '' : `, ${duration(Math.max(0, nowMs - startedAtMs))}`;
  if (state === 'queued') return 'queued: waiting for a worker, or for its turn';
  if (state === 'awaiting-approval') return 'waiting for approval: `flotilla approvals ls`';
  if (steps.length === 0) return `looking at the hosts${since}`;
  return `${steps.filter((one) => one.state === 'ended').length} of ${count(steps.length, 'step')}${since}`;
}

/** The last line: `✓ Done: 12 steps, 3.4 s`. What did not run is said. */
export function endedSummary(progress: Progress, paint: Paint): string {
  const { steps, state, startedAtMs, endedAtMs } = progress;
  const ended = steps.filter((one) => one.state === 'ended');
  const never = steps.filter((one) => one.state === 'waiting').length;
  const already = steps.filter(({ outcome, step }) => outcome?.kind === 'already-done' && !isLook(step)).length;
  // Only a plan succeeds with steps that nobody began.
  const isPlan = state === 'succeeded' && never > 0 && ended.length === 0;
  if (isPlan) return `${paint.bold(paint.green('✓ Planned'))}: ${count(never, 'step')}, nothing was changed`;
  const facts = [
    ...(steps.length === 0
      ? []
      : [
          state === 'succeeded'
            ? count(ended.length, 'step')
            : `${ended.filter(succeeded).length} of ${count(steps.length, 'step')} done`,
        ]),
    ...(already > 0 ? [`${already} already as wanted`] : []),
    ...(never > 0 ? [`${never} not started`] : []),
    ...(startedAtMs === null || endedAtMs === null ? [] : [duration(Math.max(0, endedAtMs - startedAtMs))]),
  ];
  const head = {
    queued: 'Queued',
    'awaiting-approval': 'Awaiting approval',
    running: 'Running',
    succeeded: paint.green('✓ Done'),
    failed: paint.red('✗ Failed'),
    blocked: paint.yellow('■ Blocked'),
    cancelled: paint.yellow('■ Cancelled'),
  }[state];
  return `${paint.bold(head)}${facts.length === 0 ? '' : `: ${facts.join(', ')}`}`;
}
