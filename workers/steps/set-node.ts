import { canonical } from '#core/canonical.ts';
import type { Outcome, StepOfKind } from '#core/step.ts';
import { inspectNode, type SwarmNode, updateNode } from '../docker/nodes.ts';
import { isOutOfSequence, orNullOn404 } from '../docker/refusal.ts';
import { waitFor } from '../wait-for.ts';
import type { StepContext } from './context.ts';
import { isAway } from './managers.ts';
import { alreadyDone, done, failed } from './outcomes.ts';

type Args = StepOfKind<'set-node'>['args'];

const attemptsMax = 5;
/** A promoted node joins the managers, and a demoted one leaves them, some moments after it was told; a busy leader takes longer. */
const settleLimitMs = 90_000;

/** Role, availability and labels of a node, by `POST /nodes/{id}/update`. */
export async function setNode(step: StepOfKind<'set-node'>, context: StepContext): Promise<Outcome> {
  const { args } = step;
  const id = args.id ?? context.nodes.get(args.node);
  if (id === undefined)
    return failed('step_failed', `It is not known which node ${args.node} is.`, {
      next: 'Run `flotilla host probe`, then retry.',
    });
  for (let attempt = 1; attempt <= attemptsMax; attempt += 1) {
    const now = await context.managers.ask((engine) => orNullOn404(inspectNode(engine, id)));
    if (now === null)
      return failed('not_found', `No manager lists ${args.node} (node ${id}).`, { next: 'Plan and apply again.' });
    if (isAsWanted(now, args)) return confirm(context, id, args, attempt === 1 ? alreadyDone() : done());
    await change(context, id, args);
  }
  return failed('conflict', `${args.node} was changed by somebody else at every one of ${attemptsMax} attempts.`, {
    next: 'Retry.',
  });
}

const isAsWanted = ({ Spec }: SwarmNode, args: Args): boolean =>
  Spec.Role === args.role &&
  Spec.Availability === args.availability &&
  canonical(Spec.Labels) === canonical(args.labels);

async function change(context: StepContext, id: string, { role, availability, labels }: Args): Promise<void> {
  try {
    await context.managers.ask(async (engine) => {
      const { Version, Spec } = await inspectNode(engine, id);
      await updateNode(engine, id, Version.Index, { ...Spec, Role: role, Availability: availability, Labels: labels });
    });
  } catch (error) {
    if (!isOutOfSequence(error) && !isAway(error)) throw error;
  }
}

/** The spec changes at once; the node is a manager, or none any more, only when the managers have taken it in. */
async function confirm(context: StepContext, id: string, args: Args, outcome: Outcome): Promise<Outcome> {
  const settled = await waitFor(
    async () => {
      const { ManagerStatus } = await context.managers.ask((engine) => inspectNode(engine, id));
      const isManager = ManagerStatus?.Reachability === 'reachable';
      return isManager === (args.role === 'manager') || undefined;
    },
    { limitMs: settleLimitMs },
  );
  if (settled !== undefined) return outcome;
  return failed(
    'step_failed',
    `${args.node} was told to be a ${args.role} and is not after ${settleLimitMs / 1000} s.`,
    {
      next: `Check TCP 2377 between ${args.node} and every manager, then retry.`,
    },
  );
}
