import { isFinished } from '#core/operation.ts';
import type { Plan } from '#core/plan.ts';
import type { Step } from '#core/step.ts';
import type { OperationEvent } from '#core/wire.ts';
import type { Progress, StepProgress } from './progress.ts';

/** The progress after one more event. An event that was seen already (a repeat after a reconnect) changes nothing. */
export function applyEvent(before: Progress, event: OperationEvent): Progress {
  if (event.id <= before.lastEventId) return before;
  return { ...before, ...changesOf(before, event), lastEventId: event.id };
}

function changesOf(before: Progress, { body, at }: OperationEvent): Partial<Progress> {
  const atMs = Date.parse(at);
  switch (body.type) {
    case 'planned':
      return { plan: body.plan, steps: stepsOf(body.plan, before.steps) };
    case 'state':
      return {
        state: body.state,
        error: body.error,
        startedAtMs: body.state === 'running' ? (before.startedAtMs ?? atMs) : before.startedAtMs,
        endedAtMs: isFinished(body.state) ? atMs : null,
      };
    case 'step-started':
      return { steps: withStep(before.steps, body.step, { state: 'running', startedAtMs: atMs, note: null }) };
    case 'step-ended':
      return { steps: withStep(before.steps, body.step, { state: 'ended', outcome: body.outcome, ms: body.ms }) };
    case 'note':
      return body.step === null
        ? { notes: [...before.notes, body.host === null ? body.text : `${body.host}: ${body.text}`] }
        : { steps: withStep(before.steps, body.step, { note: body.text }) };
    case 'finding':
      return { findings: [...before.findings, body.finding] };
    case 'verification':
      return { verification: body.verification };
    case 'preflight':
      return { preflight: body.preflight };
    case 'inspection':
      return { inspection: body.inspection };
    case 'running':
      return { running: body.running };
    case 'ended':
      return { error: body.error };
    case 'host-key':
    case 'host-facts':
    case 'node':
    case 'swarm':
      return {};
  }
}

const fresh = (id: string, step: Step | null): StepProgress => ({
  id,
  step,
  state: 'waiting',
  startedAtMs: null,
  outcome: null,
  ms: null,
  note: null,
});

/** The steps of a plan; what is known of a step of the same id stays (a resumed operation tells its plan again). */
function stepsOf(plan: Plan, before: StepProgress[]): StepProgress[] {
  const known = new Map(before.map((one) => [one.id, one]));
  return plan.steps.map((step) => ({ ...(known.get(step.id) ?? fresh(step.id, step)), step }));
}

function withStep(steps: StepProgress[], id: string, change: Partial<StepProgress>): StepProgress[] {
  const known = steps.some((one) => one.id === id) ? steps : [...steps, fresh(id, null)];
  return known.map((one) => (one.id === id ? { ...one, ...change } : one));
}
