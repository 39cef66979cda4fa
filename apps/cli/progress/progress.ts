import type { Finding } from '#core/finding.ts';
import type { Inspection } from '#core/inspection.ts';
import { isFinished, type OperationError, type OperationState } from '#core/operation.ts';
import type { Plan } from '#core/plan.ts';
import type { Outcome, Step } from '#core/step.ts';
import type { Preflight } from '#core/preflight.ts';
import type { Running } from '#core/running.ts';
import type { Verification } from '#core/verification.ts';

/** A step as the events have told of it so far. */
export interface StepProgress {
  id: string;
  /** Null for a step that no plan told of. */
  step: Step | null;
  state: 'waiting' | 'running' | 'ended';
  startedAtMs: number | null;
  outcome: Outcome | null;
  ms: number | null;
  /** The last thing the worker said about it. */
  note: string | null;
}

/** What is known of an operation from its events. */
export interface Progress {
  state: OperationState;
  error: OperationError | null;
  plan: Plan | null;
  steps: StepProgress[];
  /** What the worker said that belongs to no step, each with its host where it is about one. */
  notes: string[];
  findings: Finding[];
  verification: Verification | null;
  preflight: Preflight | null;
  inspection: Inspection | null;
  running: Running | null;
  startedAtMs: number | null;
  endedAtMs: number | null;
  lastEventId: number;
}

export const nothingYet = (): Progress => ({
  state: 'queued',
  error: null,
  plan: null,
  steps: [],
  notes: [],
  findings: [],
  verification: null,
  preflight: null,
  inspection: null,
  running: null,
  startedAtMs: null,
  endedAtMs: null,
  lastEventId: 0,
});

export const hasEnded = ({ state }: Progress): boolean => isFinished(state);
