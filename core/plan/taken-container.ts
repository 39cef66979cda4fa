import { compareContainer } from '../draft/container-differences.ts';
import type { ContainerFacts } from '../observation.ts';
import { unknown } from '../observed.ts';
import { withStop } from '../sentence.ts';
import type { ContainerSpec } from '../spec/service.ts';
import { markDifferences } from './container-mark.ts';
import { codeOf } from './membership.ts';
import { type Part, part, type Problem, problem } from './part.ts';
import { idIn, takenDecision, takenPath, takesOver } from './taken.ts';
import { takenOtherwise } from './taken-otherwise.ts';
import type { World } from './world.ts';

interface Taken {
  existing: ContainerFacts;
  spec: ContainerSpec;
  /** What its spec says now, field by field. */
  mark: string;
}

/**
 * A container that others started, and that is ours by its id. It can carry no mark of what it was asked to be, so the
 * decision keeps that; it is true because what runs is compared with the spec when it is taken over.
 */
export function planTaken(world: World, name: string, { existing, spec, mark }: Taken): Part & { changes: string[] } {
  const path = takenPath('containers', name);
  const had = world.input.decisions.find((decision) => decision.path === path);
  if (had !== undefined && idIn(had.value) === existing.id)
    return { ...part(), changes: markDifferences(String(had.value).slice(existing.id.length + 1), mark) };
  return {
    ...part({
      decisions: [takenDecision('containers', name, `${existing.id} ${mark}`)],
      problems: takesOver(world.input) ? standsAgainst(world, existing, spec) : [],
    }),
    changes: [],
  };
}

/** Why it is not taken over as it runs: it is another one than the spec says, or nobody could see what it is. */
function standsAgainst({ input, spec: { volumes } }: World, existing: ContainerFacts, spec: ContainerSpec): Problem[] {
  const { name, id, state } = existing;
  const { host } = spec;
  const otherwise = (differences: string[]): Problem[] => [takenOtherwise(`container ${name}`, differences, host)];
  if (state !== 'running') return otherwise([`it does not run (${state})`]);
  const { standing = {} } = input.observation;
  const seen = (Object.hasOwn(standing, host) ? standing[host] : undefined) ?? unknown('the worker did not look');
  if (!seen.known) return [notSeen(name, host, seen)];
  const facts = seen.value.find((one) => one.id === id);
  if (facts === undefined) return [notSeen(name, host, { reason: 'it went while it was looked at', code: 'conflict' })];
  const compared = compareContainer(facts, spec, volumes);
  if (compared.kind === 'unsayable') return [unsayable(name, host, compared.why)];
  return compared.differences.length === 0 ? [] : otherwise(compared.differences);
}

const notSeen = (
  name: string,
  host: string,
  { reason, code }: { reason: string; code?: string | undefined },
): Problem =>
  problem(codeOf(code), {
    id: 'taken-not-seen',
    hosts: [host],
    message: `The container ${name} on ${host} is taken over only where it is as the spec says, and what it was started with could not be seen: ${withStop(reason)}`,
    fix: `Run \`flotilla host probe ${host}\`, mend what it says and try again; or take ${name} out of the spec for now.`,
  });

const unsayable = (name: string, host: string, why: string): Problem =>
  problem('conflict', {
    id: 'taken-unsayable',
    hosts: [host],
    message: `The container ${name} on ${host} is not taken over: ${why}, which no spec says and ${name} would lose when it is made anew.`,
    fix: `Take ${name} out of the spec: it stays with who started it. Or start it anew without that, and take it over then.`,
  });
