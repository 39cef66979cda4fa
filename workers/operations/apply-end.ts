import type { OperationError } from '#core/operation.ts';
import type { Plan } from '#core/plan.ts';
import { type Outcome, type Step, stepSucceeded } from '#core/step.ts';
import { stepSentence } from '#core/wording.ts';
import type { StopReason } from '../lease-keeper.ts';
import type { Ended } from '../run-operation.ts';
import type { StepRunResult } from '../run-steps.ts';

/** How an apply ended. Of several steps that did not go well, the error is that of the one that is no consequence. */
export function applyEnd(plan: Plan, result: StepRunResult, stopReason: StopReason | null): Ended {
  const bad = badSteps(plan, result);
  const first = causeAmong(bad);
  if (first !== undefined) {
    const state = bad.every(({ outcome }) => outcome.kind === 'blocked') ? 'blocked' : 'failed';
    return { kind: 'ended', state, error: errorOf(first, plan, result) };
  }
  if (result.notStarted.length === 0) return { kind: 'ended', state: 'succeeded', error: null };
  if (stopReason === 'cancelled') {
    return {
      kind: 'ended',
      state: 'cancelled',
      error: { code: 'cancelled', message: 'Stopped on request.', done: progress(plan, result) },
    };
  }
  return { kind: 'handed-back' };
}

interface Bad {
  step: Step;
  outcome: Outcome;
}

const badSteps = (plan: Plan, result: StepRunResult): Bad[] =>
  plan.steps.flatMap((step) => {
    const outcome = result.outcomes.get(step.id);
    return outcome === undefined || stepSucceeded(outcome) ? [] : [{ step, outcome }];
  });

/** A failed one before a blocked one, and none that only follows another: it began before that one had ended. */
function causeAmong(bad: readonly Bad[]): Bad | undefined {
  const ids = new Set(bad.map(({ step }) => step.id));
  const causes = bad.filter(({ step }) => !step.after.some((id) => ids.has(id)));
  return causes.find(({ outcome }) => outcome.kind === 'failed') ?? causes[0];
}

function errorOf(first: Bad, plan: Plan, result: StepRunResult): OperationError {
  const { step, outcome } = first;
  const where = step.host === null ? {} : { host: step.host };
  const steps = progress(plan, result, first);
  if (outcome.kind === 'blocked') {
    const { finding } = outcome;
    const next = finding.fix === undefined ? {} : { next: finding.fix };
    return { code: finding.id, message: finding.message, ...where, ...next, done: steps };
  }
  if (outcome.kind === 'failed') {
    const { error } = outcome;
    const done = [error.done, steps].filter(Boolean).join(' ');
    return { code: error.code, message: error.message, ...where, done, next: error.next ?? retryHint };
  }
  return { code: 'internal', message: `${step.id} ended as ${outcome.kind}`, ...where };
}

const retryHint = 'Mend the cause, then run `flotilla ops retry` with this operation; it continues with what is left.';

/** What was and was not done, counted in steps; `first` is what the error itself tells of. */
function progress(plan: Plan, result: StepRunResult, first?: Bad): string {
  const bad = badSteps(plan, result).filter(({ step }) => step !== first?.step);
  const done = [...result.outcomes.values()].filter(stepSucceeded).length;
  const left = result.notStarted.map((step) => stepSentence(step));
  const others = bad.map(({ step }) => step.id);
  const rest = [
    others.length === 0 ? '' : ` Begun and not ended well either, each says what to do: ${others.join(', ')}.`,
    left.length === 0 ? '' : ` Not started: ${left.join('; ')}.`,
  ];
  return `${done} of ${plan.steps.length} steps were done.${rest.join('')}`;
}
