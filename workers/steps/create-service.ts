import type { ServiceFacts } from '#core/observation.ts';
import type { Outcome, StepOfKind } from '#core/step.ts';
import { serviceFacts } from '../observe/facts.ts';
import { waitFor } from '../wait-for.ts';
import type { StepContext } from './context.ts';
import { converge } from './converge.ts';
import { withHeldIds } from './held-ids.ts';
import { isOurs, notOurs, withOwnLabels } from './labels.ts';
import { isAway } from './managers.ts';
import { failed } from './outcomes.ts';
import { serviceLogin } from './service-login.ts';
import { createService as postService, listServices } from '../docker/services.ts';

/** `POST /services/create`, then waits until its tasks run. */
export async function createService(step: StepOfKind<'create-service'>, context: StepContext): Promise<Outcome> {
  const { service, spec } = step.args;
  const before = await findService(context, service);
  if (before !== undefined) {
    if (!isOurs(before.labels, context)) return notOurs('service', service);
    const outcome = await converge(context, { step: step.id, name: service, id: before.id, spec, isNew: false });
    return outcome.kind === 'done' ? { ...outcome, kind: 'already-done' } : outcome;
  }
  try {
    const login = await serviceLogin(spec, context);
    await context.managers.ask(async (engine) =>
      postService(engine, await withHeldIds(engine, withOwnLabels(spec, context)), login),
    );
  } catch (error) {
    if (!isAway(error)) throw error;
  }
  const after = await waitFor(() => findService(context, service), { limitMs: 10_000 });
  if (after === undefined)
    return failed('step_failed', `The service ${service} was asked for but is not listed.`, { next: 'Retry.' });
  return converge(context, { step: step.id, name: service, id: after.id, spec, isNew: true });
}

/** The service of exactly this name, as a manager lists it. */
export async function findService(context: StepContext, name: string): Promise<ServiceFacts | undefined> {
  const list = await context.managers.ask((engine) => listServices(engine, { filters: { name: [name] } }));
  return serviceFacts(list).find((service) => service.name === name);
}
