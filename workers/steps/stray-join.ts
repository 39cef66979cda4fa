import type { AppError } from '#core/errors.ts';
import type { Outcome, StepOfKind } from '#core/step.ts';
import { failed } from './outcomes.ts';

/** What became of the call by which an engine was told to join. */
export type Called = { kind: 'not-called' | 'joined' | 'unsure' | 'refused' } | { kind: 'failed'; error: AppError };

/**
 * How a join ends that began while its swarm was still being made, when that did not end well: the swarm whose token it
 * was given may be nobody's by now, or somebody else's.
 */
export function strayJoin(step: StepOfKind<'join-worker'> | StepOfKind<'join-manager'>, called: Called): Outcome {
  const host = step.host ?? '';
  const { via } = step.args;
  const message = `${host} is not known to be in our swarm, as making it on ${via} did not end well.`;
  return failed('step_failed', message, { done: doneBy(host, via, called), next: nextAfter(host, via, called) });
}

function doneBy(host: string, via: string, called: Called): string {
  const told = `${host} was told to join the swarm of which ${via} gave the token while making it`;
  switch (called.kind) {
    case 'not-called':
      return `${host} was not told to join.`;
    case 'joined':
      return `${told}, and has joined it; whose that swarm is is not known.`;
    case 'unsure':
      return `${told}; its engine may go on trying in the background.`;
    case 'refused':
      return `${told}, and refused: it was in a swarm by then.`;
    case 'failed':
      return `${told}, which failed: ${called.error.message}`;
  }
}

function nextAfter(host: string, via: string, called: Called): string {
  if (called.kind === 'not-called') return `Mend what stands at ${via} first, then retry.`;
  return `Mend what stands at ${via}, run \`docker swarm leave --force\` on ${host} if its engine is in a swarm (\`docker info\` says so), then retry.`;
}
