import { tokenLabel } from '#core/spec/names.ts';
import type { Outcome, StepOfKind } from '#core/step.ts';
import { inspectSwarm, type Swarm, updateSwarm } from '../docker/swarm.ts';
import { isOutOfSequence } from '../docker/refusal.ts';
import type { StepContext } from './context.ts';
import { isAway } from './managers.ts';
import { alreadyDone, done, failed } from './outcomes.ts';

type Args = StepOfKind<'rotate-join-token'>['args'];

const attemptsMax = 5;

/**
 * `POST /swarm/update` with the rotation and, in the same update, the label that says which turn the token has had: so a
 * run that was killed after it finds it done. The token itself is compared in memory and told to nobody.
 */
export async function rotateJoinToken(
  { args }: StepOfKind<'rotate-join-token'>,
  context: StepContext,
): Promise<Outcome> {
  const before = await context.managers.ask((engine) => inspectSwarm(engine));
  if (isRotated(before, args)) return alreadyDone();
  for (let attempt = 1; attempt <= attemptsMax; attempt += 1) {
    await rotate(context, args);
    const now = await context.managers.ask((engine) => inspectSwarm(engine));
    if (isRotated(now, args)) return tokenOf(now, args) === tokenOf(before, args) ? unchanged(args) : done();
  }
  return failed('conflict', `The swarm was changed by somebody else at every one of ${attemptsMax} attempts.`, {
    next: 'Retry.',
  });
}

const isRotated = ({ Spec }: Swarm, { role, turn }: Args): boolean => Spec.Labels[tokenLabel(role)] === String(turn);

const tokenOf = ({ JoinTokens }: Swarm, { role }: Args): string =>
  role === 'worker' ? JoinTokens.Worker : JoinTokens.Manager;

/** Looks again before it changes: an attempt whose answer got lost may have been carried out. */
async function rotate(context: StepContext, args: Args): Promise<void> {
  try {
    await context.managers.ask(async (engine) => {
      const swarm = await inspectSwarm(engine);
      if (isRotated(swarm, args)) return;
      const Labels = { ...swarm.Spec.Labels, [tokenLabel(args.role)]: String(args.turn) };
      const rotation = args.role === 'worker' ? { rotateWorkerToken: true } : { rotateManagerToken: true };
      await updateSwarm(engine, { version: swarm.Version.Index, spec: { ...swarm.Spec, Labels }, ...rotation });
    });
  } catch (error) {
    if (!isOutOfSequence(error) && !isAway(error)) throw error;
  }
}

const unchanged = ({ role }: Args): Outcome =>
  failed('step_failed', `The swarm took the rotation, and its join token of ${role}s is the same as before.`, {
    next: `Run \`docker swarm join-token --rotate ${role}\` on a manager, and look at the engine's log there.`,
  });
