import type { Decision } from '../plan.ts';
import type { Step } from '../step.ts';
import { tokenLabel } from '../spec/names.ts';
import { type Part, part } from './part.ts';
import { stepId } from './steps.ts';
import type { World } from './world.ts';

type Role = 'manager' | 'worker';
const roles: readonly Role[] = ['manager', 'worker'];
const prefix = 'join_tokens.';

export const isTokenPath = (path: string): boolean => path.startsWith(prefix);
export const tokenPaths: readonly string[] = roles.map((role) => `${prefix}${role}`);

/** The turn that a role's join token is to have, as far as decided; 0 is the token that the swarm was made with. */
const turnOf = (decisions: readonly Decision[], role: Role): number => {
  const value = decisions.find(({ path }) => path === `${prefix}${role}`)?.value;
  return typeof value === 'number' ? value : 0;
};

/** What is decided when a token is to be another one: one turn more, so that it is clear when it has been done. */
export function nextTurn(decisions: readonly Decision[], role: Role): Decision[] {
  const path = `${prefix}${role}`;
  const reason = `asked for with \`cluster rotate-token ${role}\``;
  const others = decisions.filter((decision) => decision.path !== path);
  return [...others, { path, value: turnOf(decisions, role) + 1, reason }];
}

/** Rotates tokens whose turn the swarm has not had. Last of all: whoever leaves before knows the old one. */
export function planTokens(world: World, before: readonly Step[]): Part {
  const { swarm, input } = world;
  const due = roles.flatMap((role) => {
    const turn = turnOf(input.decisions, role);
    return turn === 0 || swarm === null || swarm.labels[tokenLabel(role)] === String(turn) ? [] : [{ role, turn }];
  });
  return part({
    steps: due.map((args) => ({
      id: stepId('rotate-join-token', args.role),
      kind: 'rotate-join-token',
      host: null,
      args,
      after: before.map(({ id }) => id),
    })),
  });
}
