import { operationLabel } from '#core/spec/names.ts';
import type { Outcome, StepOfKind } from '#core/step.ts';
import { isOutOfSequence } from '../docker/refusal.ts';
import type { StepContext } from './context.ts';
import { converge } from './converge.ts';
import { findService } from './create-service.ts';
import { withHeldIds } from './held-ids.ts';
import { isOurs, notOurs, withOwnLabels } from './labels.ts';
import { isAway } from './managers.ts';
import { done, failed } from './outcomes.ts';
import { rollBack } from './roll-back.ts';
import { serviceLogin } from './service-login.ts';
import { inspectService, updateService as postServiceUpdate } from '../docker/services.ts';

const attemptsMax = 5;

/**
 * `POST /services/{id}/update` with the whole spec. The operation's label tells that it was done already. An update
 * whose tasks do not run is rolled back.
 */
export async function updateService(step: StepOfKind<'update-service'>, context: StepContext): Promise<Outcome> {
  const { service, id, spec, labelsOnly, taken } = step.args;
  for (let attempt = 1; attempt <= attemptsMax; attempt += 1) {
    const now = await findService(context, service);
    if (now === undefined || now.id !== id) return gone(service);
    if (!isOurs(now.labels, context) && taken !== true) return notOurs('service', service);
    if (now.labels[operationLabel] === context.operation) {
      const outcome = await settle(step, context, attempt > 1);
      return outcome.kind === 'done' && attempt === 1 ? { ...outcome, kind: 'already-done' } : outcome;
    }
    try {
      // A login is a part of the task spec: given anew, it restarts every task.
      const login = labelsOnly === true ? {} : await serviceLogin(spec, context);
      await context.managers.ask(async (engine) => {
        const { Version, Spec } = await inspectService(engine, id);
        const body =
          labelsOnly === true
            ? withOwnLabels({ ...Spec, Labels: spec['Labels'] }, context)
            : await withHeldIds(engine, withOwnLabels(spec, context));
        await postServiceUpdate(engine, id, Version.Index, body, login);
      });
    } catch (error) {
      if (!isAway(error) && !isOutOfSequence(error)) throw error;
      continue;
    }
    // Not looked for again: a swarm that goes back by itself takes our label with it.
    return settle(step, context, true);
  }
  return failed(
    'conflict',
    `The service ${service} was changed by somebody else at every one of ${attemptsMax} attempts.`,
    {
      next: 'Find out who else changes it, then retry.',
    },
  );
}

/** Until it runs, or runs again as before. */
async function settle(step: StepOfKind<'update-service'>, context: StepContext, isNew: boolean): Promise<Outcome> {
  const { service: name, id, spec, labelsOnly } = step.args;
  // No task is touched, so there is none to wait for: also where the service does not run as it should.
  if (labelsOnly === true) return settleLabels(name, context);
  const outcome = await converge(context, { step: step.id, name, id, spec, isNew });
  return outcome.kind === 'failed' ? rollBack(context, { name, id, spec }, outcome) : outcome;
}

async function settleLabels(service: string, context: StepContext): Promise<Outcome> {
  const now = await findService(context, service);
  return now?.labels[operationLabel] === context.operation
    ? done()
    : failed('conflict', `The service ${service} does not have its new labels.`, {
        next: 'Find out who else changes it, then retry.',
      });
}

const gone = (service: string): Outcome =>
  failed('conflict', `The service ${service} was removed or made anew since the plan.`, {
    next: 'Plan and apply again.',
  });
