import { canonical } from '#core/canonical.ts';
import type { Observation } from '#core/observation.ts';
import type { OperationError } from '#core/operation.ts';
import type { Plan } from '#core/plan.ts';
import { type Outcome, type Step, stepSucceeded, whyNot } from '#core/step.ts';
import { stepSentence } from '#core/wording.ts';
import { membersOf } from '../observe/members.ts';
import { observeForPlan } from '../observe/observe-for-plan.ts';
import type { Ended, RunContext } from '../run-context.ts';
import { runSteps, type StepRunResult } from '../run-steps.ts';
import { preflightFirst } from './preflight-first.ts';
import { traced } from '../telemetry.ts';
import { createStepContext } from '../steps/context.ts';
import { executeStep } from '../steps/index.ts';

/** Observe, look whether the hosts are fit when a swarm is to form or grow, let the API plan, run the plan's steps, each observing for itself. */
export async function runApply(context: RunContext): Promise<Ended> {
  const { plan, observation, stopped } = await traced({ name: 'plan', kind: 'internal' }, () => planOf(context));
  if (stopped !== null) return { kind: 'ended', state: 'blocked', error: stopped };
  if (plan === null) return { kind: 'ended-by-api' };
  const stepContext = createStepContext(context, plan, observation);
  const result = await runSteps({
    steps: plan.steps,
    ledger: context.lease.ledger,
    mayStart: () => context.keeper.stopReason === null,
    execute: (step) => executeAndReport(context, step, () => executeStep(step, stepContext)),
  });
  return conclude(context, plan, result);
}

interface Planning {
  /** Null when the API refused it, or preflight stopped it. */
  plan: Plan | null;
  observation: Observation | null;
  stopped: OperationError | null;
}

/** The plan stored under an earlier lease, or a new one with the observation that it was made from. */
async function planOf(context: RunContext): Promise<Planning> {
  const begun = { plan: context.lease.plan, observation: null, stopped: null };
  if (begun.plan !== null) return begun;
  const observation = await context.reporter.giveWayTo(observeForPlan(context.hosts, context.lease));
  const stopped = await preflightFirst(context, observation);
  if (stopped !== null) return { ...begun, stopped };
  const { operation, fence } = context.lease;
  const planned = await context.reporter.giveWayTo(context.api.submitObservation(operation.id, fence, observation));
  if (planned.kind !== 'planned') return { ...begun, observation };
  recordMembers(context, observation);
  return { ...begun, plan: planned.plan, observation };
}

/** Puts on record what was found of a swarm of ours, so that a later run need not find it out again. */
function recordMembers({ lease, reporter }: RunContext, observation: Observation): void {
  const { swarm } = observation;
  if (!swarm.known || swarm.value === null) return;
  const nodes = Object.fromEntries(membersOf(observation));
  const isKnown = swarm.value.id === lease.cluster?.swarmId && canonical(nodes) === canonical(lease.cluster.nodes);
  if (!isKnown) reporter.report({ type: 'swarm', swarmId: swarm.value.id, nodes });
}

async function executeAndReport(context: RunContext, step: Step, execute: () => Promise<Outcome>): Promise<Outcome> {
  const started = performance.now();
  const { reporter, telemetry } = context;
  const { id, host, kind } = step;
  reporter.report({ type: 'step-started', step: id });
  const attributes = { 'flotilla.step': id, 'flotilla.host': host };
  const outcome = await traced({ name: `step ${kind}`, kind: 'internal', attributes }, execute, (said) => ({
    'flotilla.outcome': said.kind,
  }));
  const ms = Math.round(performance.now() - started);
  reporter.report({ type: 'step-ended', step: id, outcome, ms });
  telemetry.meter.count('flotilla_steps_total', { kind, outcome: outcome.kind });
  telemetry.meter.took('flotilla_step_seconds', { kind }, ms / 1000);
  const level = stepSucceeded(outcome) ? 'info' : 'warn';
  telemetry.log(`step ${outcome.kind}`, { level, step: id, host, ms, why: whyNot(outcome) });
  return outcome;
}

function conclude(context: RunContext, plan: Plan, result: StepRunResult): Ended {
  const bad = plan.steps.flatMap((step) => {
    const outcome = result.outcomes.get(step.id);
    return outcome === undefined || stepSucceeded(outcome) ? [] : [{ step, outcome }];
  });
  const first = bad.find(({ outcome }) => outcome.kind === 'failed') ?? bad[0];
  if (first !== undefined) {
    const state = first.outcome.kind === 'blocked' ? 'blocked' : 'failed';
    return { kind: 'ended', state, error: errorOf(first.step, first.outcome, plan, result) };
  }
  if (result.notStarted.length === 0) return { kind: 'ended', state: 'succeeded', error: null };
  if (context.keeper.stopReason === 'cancelled') {
    return {
      kind: 'ended',
      state: 'cancelled',
      error: { code: 'cancelled', message: 'Stopped on request.', ...progress(plan, result) },
    };
  }
  return { kind: 'handed-back' };
}

function errorOf(step: Step, outcome: Outcome, plan: Plan, result: StepRunResult): OperationError {
  const where = step.host === null ? {} : { host: step.host };
  if (outcome.kind === 'blocked') {
    const { finding } = outcome;
    const next = finding.fix === undefined ? {} : { next: finding.fix };
    return { code: finding.id, message: finding.message, ...where, ...next, ...progress(plan, result) };
  }
  if (outcome.kind === 'failed') {
    const { error } = outcome;
    const done = [error.done, progress(plan, result).done].filter(Boolean).join(' ');
    return { code: error.code, message: error.message, ...where, done, next: error.next ?? retryHint };
  }
  return { code: 'internal', message: `${step.id} ended as ${outcome.kind}`, ...where };
}

const retryHint = 'Mend the cause, then run `flotilla ops retry` with this operation; it continues with what is left.';

/** What was and was not done, counted in steps. */
function progress(plan: Plan, result: StepRunResult): { done: string } {
  const done = plan.steps.filter((step) => {
    const outcome = result.outcomes.get(step.id);
    return outcome !== undefined && stepSucceeded(outcome);
  }).length;
  const left = result.notStarted.map((step) => stepSentence(step));
  const rest = left.length === 0 ? '' : ` Not started: ${left.join('; ')}.`;
  return { done: `${done} of ${plan.steps.length} steps were done.${rest}` };
}
