import { type Outcome, type Step, type StepKind, stepSucceeded } from '#core/step.ts';

export interface StepRun {
  steps: readonly Step[];
  /** Outcomes of an earlier lease; steps that succeeded there are not run again. */
  ledger: Readonly<Record<string, Outcome>>;
  execute: (step: Step, turn: StepTurn) => Promise<Outcome>;
  /** Asked before each start; a reason means that nothing more is started. */
  mayStart: () => boolean;
}

/** A running step's place among the others. */
export interface StepTurn {
  /** Lets steps of these kinds that wait for this one begin before it has ended: what they need of it is there. */
  open: (...kinds: StepKind[]) => void;
  /** Whether the step began on an open mark, so that what it waits for may still end otherwise. */
  beganEarly: boolean;
  /** Once all that the step waits for has ended: whether it went well. */
  before: () => Promise<boolean>;
}

/** The turn of a step that nothing runs beside. */
export const aloneTurn: StepTurn = {
  open: () => undefined,
  beganEarly: false,
  before: () => Promise.resolve(true),
};

export interface StepRunResult {
  /** Steps that were never started. */
  notStarted: Step[];
  outcomes: Map<string, Outcome>;
}

/**
 * Runs steps as soon as everything in `after` has succeeded, or has opened the way for their kind; side by side where the
 * plan allows it. After a step that did not succeed nothing new is started; what runs already is waited for, also when a
 * step throws: that is a bug, and is thrown on at the end.
 */
export async function runSteps(run: StepRun): Promise<StepRunResult> {
  const outcomes = new Map<string, Outcome>();
  for (const [id, outcome] of Object.entries(run.ledger)) if (stepSucceeded(outcome)) outcomes.set(id, outcome);
  const waiting = new Set(run.steps.filter((step) => !outcomes.has(step.id)));
  const running = new Map<string, Promise<void>>();
  const opened = new Map<string, Set<StepKind>>();
  const bugs: unknown[] = [];
  let stopped = false;

  const hasSucceeded = (id: string): boolean => {
    const outcome = outcomes.get(id);
    return outcome !== undefined && stepSucceeded(outcome);
  };
  const isReady = ({ kind, after }: Step): boolean =>
    after.every((id) => hasSucceeded(id) || opened.get(id)?.has(kind) === true);
  const startReady = (): void => {
    if (!stopped && run.mayStart()) for (const step of [...waiting].filter(isReady)) start(step);
  };
  const start = (step: Step): void => {
    waiting.delete(step);
    // Noted as running before its first line runs, which may open the way for others.
    const ended = Promise.resolve(step).then(track);
    running.set(
      step.id,
      ended.finally(() => running.delete(step.id)),
    );
  };
  const turnOf = ({ id, after }: Step): StepTurn => ({
    open: (...kinds) => {
      opened.set(id, new Set(kinds));
      startReady();
    },
    beganEarly: !after.every(hasSucceeded),
    before: async () => {
      await Promise.all(after.flatMap((other) => running.get(other) ?? []));
      return after.every(hasSucceeded);
    },
  });
  const track = async (step: Step): Promise<void> => {
    try {
      const outcome = await run.execute(step, turnOf(step));
      outcomes.set(step.id, outcome);
      if (!stepSucceeded(outcome)) stopped = true;
    } catch (bug) {
      bugs.push(bug);
      stopped = true;
    }
  };

  for (;;) {
    startReady();
    if (running.size === 0) break;
    await Promise.race(running.values());
  }
  if (bugs.length > 0) throw bugs[0];
  return { notStarted: [...waiting], outcomes };
}
