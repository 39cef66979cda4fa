import { type Outcome, type Step, stepSucceeded } from '#core/step.ts';

export interface StepRun {
  steps: readonly Step[];
  /** Outcomes of an earlier lease; steps that succeeded there are not run again. */
  ledger: Readonly<Record<string, Outcome>>;
  execute: (step: Step) => Promise<Outcome>;
  /** Asked before each start; false: nothing more is started. */
  mayStart: () => boolean;
}

export interface StepRunResult {
  /** Steps that were never started. */
  notStarted: Step[];
  outcomes: Map<string, Outcome>;
}

/**
 * Runs steps as soon as everything in `after` has succeeded, side by side where the plan allows it.
 * After a step that did not succeed nothing new is started; what runs already is waited for, also when a step throws:
 * that is a bug, and is thrown on at the end.
 */
export async function runSteps(run: StepRun): Promise<StepRunResult> {
  const outcomes = new Map<string, Outcome>();
  for (const [id, outcome] of Object.entries(run.ledger)) if (stepSucceeded(outcome)) outcomes.set(id, outcome);
  const waiting = new Set(run.steps.filter((step) => !outcomes.has(step.id)));
  const running = new Set<Promise<void>>();
  const bugs: unknown[] = [];
  let stopped = false;

  const isReady = (step: Step): boolean =>
    step.after.every((id) => {
      const outcome = outcomes.get(id);
      return outcome !== undefined && stepSucceeded(outcome);
    });
  const start = (step: Step): void => {
    waiting.delete(step);
    const ended = track(step).finally(() => running.delete(ended));
    running.add(ended);
  };
  const track = async (step: Step): Promise<void> => {
    try {
      const outcome = await run.execute(step);
      outcomes.set(step.id, outcome);
      if (!stepSucceeded(outcome)) stopped = true;
    } catch (bug) {
      bugs.push(bug);
      stopped = true;
    }
  };

  for (;;) {
    if (!stopped && run.mayStart()) for (const step of [...waiting].filter(isReady)) start(step);
    if (running.size === 0) break;
    await Promise.race(running);
  }
  if (bugs.length > 0) throw bugs[0];
  return { notStarted: [...waiting], outcomes };
}
