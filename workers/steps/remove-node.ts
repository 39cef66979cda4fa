import { AppError } from '#core/errors.ts';
import { hasNoVote } from '#core/plan/managers.ts';
import type { Outcome, StepOfKind } from '#core/step.ts';
import { deleteNode, inspectNode } from '../docker/nodes.ts';
import { isRefusal, orNullOn404 } from '../docker/refusal.ts';
import { engineInfo } from '../docker/system.ts';
import { nodeFacts, swarmStateOf } from '../observe/facts.ts';
import { waitFor } from '../wait-for.ts';
import type { StepContext } from './context.ts';
import { isAway } from './managers.ts';
import { alreadyDone, done, failed } from './outcomes.ts';

type Remove = StepOfKind<'remove-node'>;

/** Managers take a node that went away for down some 10 s later, and a demoted one off raft within some seconds. */
const limitMs = 60_000;

/**
 * `DELETE /nodes/{id}` once its engine or the managers say that the node is gone; with force, whatever they say.
 */
export async function removeNode({ args }: Remove, context: StepContext): Promise<Outcome> {
  const { node, id } = args;
  if (await isGone(context, id)) return alreadyDone();
  const force = args.force || (await hasLeft(context, args));
  const gone = await waitFor(() => tryRemove(context, { ...args, force }), { limitMs, firstMs: 200, longestMs: 1000 });
  if (gone === true) return done();
  return failed('step_failed', `The managers did not let go of ${node} (node ${id}) within ${limitMs / 1000} s.`, {
    next: `Look at \`docker node ls\` on a manager: the node must be down and no manager. Then retry.`,
  });
}

/** Its engine knows at once that it has left; managers take a node for down only after some silence. */
async function hasLeft({ hosts }: StepContext, { node, id }: Remove['args']): Promise<boolean> {
  try {
    const { nodeId } = swarmStateOf(await engineInfo(hosts.engine(node)));
    return nodeId !== id;
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    return false;
  }
}

const isGone = async (context: StepContext, id: string): Promise<boolean> => (await look(context, id)) === null;

const look = (context: StepContext, id: string) =>
  context.managers.ask((engine) => orNullOn404(inspectNode(engine, id)));

async function tryRemove(context: StepContext, { id, force }: Remove['args']): Promise<true | undefined> {
  const now = await look(context, id);
  if (now === null) return true;
  const isManager = now.Spec.Role === 'manager' && !nodeFacts([now]).some(hasNoVote);
  const mayGo = !isManager && (force || now.Status.State === 'down');
  if (!mayGo) return undefined;
  try {
    await context.managers.ask((engine) => deleteNode(engine, id, { force }));
  } catch (error) {
    // 400: it is ready again, or raft has not let go of it yet.
    if (!isAway(error) && !isRefusal(error, 400, 404)) throw error;
  }
  return (await isGone(context, id)) || undefined;
}
