import { AppError } from '#core/errors.ts';
import type { Outcome, Step, StepKind, StepOfKind } from '#core/step.ts';
import type { StepContext } from './context.ts';
import { createConfig } from './create-config.ts';
import { createNetwork } from './create-network.ts';
import { createSecret } from './create-secret.ts';
import { createService } from './create-service.ts';
import { drainNode } from './drain-node.ts';
import { endSwarm } from './end-swarm.ts';
import { initSwarm } from './init-swarm.ts';
import { joinManager, joinWorker } from './join.ts';
import { leaveSwarm } from './leave-swarm.ts';
import { failedBy } from './outcomes.ts';
import { prepareHost } from './prepare-host.ts';
import { removeContainer } from './remove-container.ts';
import { removeConfig, removeSecret } from './remove-held.ts';
import { removeNetwork } from './remove-network.ts';
import { removeNode } from './remove-node.ts';
import { removeService } from './remove-service.ts';
import { rotateJoinToken } from './rotate-join-token.ts';
import { replaceContainer } from './replace-container.ts';
import { restartEngine } from './restart-engine.ts';
import { runContainer } from './run-container.ts';
import { setNode } from './set-node.ts';
import { updateService } from './update-service.ts';
import { verify } from './verify.ts';

type Executor<K extends StepKind> = (step: StepOfKind<K>, context: StepContext) => Promise<Outcome>;

/** Every step kind has an executor: one without does not compile. */
const executors: { [K in StepKind]: Executor<K> } = {
  'prepare-host': prepareHost,
  'init-swarm': initSwarm,
  'join-manager': joinManager,
  'join-worker': joinWorker,
  'set-node': setNode,
  'drain-node': drainNode,
  'leave-swarm': leaveSwarm,
  'end-swarm': endSwarm,
  'remove-node': removeNode,
  'rotate-join-token': rotateJoinToken,
  'restart-engine': restartEngine,
  'create-network': createNetwork,
  'remove-network': removeNetwork,
  'create-config': createConfig,
  'remove-config': removeConfig,
  'create-secret': createSecret,
  'remove-secret': removeSecret,
  'create-service': createService,
  'update-service': updateService,
  'remove-service': removeService,
  'run-container': runContainer,
  'replace-container': replaceContainer,
  'remove-container': removeContainer,
  verify,
};

/** Runs one step. Expected refusals become a failed outcome; a bug is thrown on. */
export async function executeStep(step: Step, context: StepContext): Promise<Outcome> {
  try {
    return await executorOf(step)(step, context);
  } catch (error) {
    if (error instanceof AppError) return failedBy(error);
    throw error;
  }
}

/** The table's type pairs each kind with its own executor, which TypeScript cannot follow through a union. */
function executorOf(step: Step): (step: Step, context: StepContext) => Promise<Outcome> {
  return executors[step.kind] as (step: Step, context: StepContext) => Promise<Outcome>;
}
