import type { Outcome, StepOfKind } from '#core/step.ts';
import { restartEngineOf } from '../restart-engine.ts';
import type { StepContext } from './context.ts';

/** Restarts the Docker Engine of a host, which ends what an engine keeps of an earlier swarm. */
export const restartEngine = (step: StepOfKind<'restart-engine'>, context: StepContext): Promise<Outcome> =>
  restartEngineOf(context.hosts, step.host ?? '');
