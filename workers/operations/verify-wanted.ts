import type { Adoption } from '#core/adoption.ts';
import { AppError } from '#core/errors.ts';
import type { Observation } from '#core/observation.ts';
import { verifyFound } from '#core/plan/verify-found.ts';
import { verifyArgs } from '#core/plan/verify.ts';
import type { StepVerify } from '#core/step.ts';
import type { CheckResult, Verification } from '#core/verification.ts';
import type { Lease } from '#core/worker-wire.ts';
import { verdictOf } from '../checks/summarise.ts';
import { membersOf } from '../observe/members.ts';
import { planInputOf } from './plan-input.ts';

export interface Wanted {
  args: StepVerify;
  /** Hosts that should be nodes. */
  expected: string[];
}

/** What there is to prove: what the revision asks for; in an adopted cluster, which has none, all that is found. */
export function wantedOf(lease: Lease, observation: Observation): Wanted {
  const { cluster, revision } = lease;
  if (cluster?.mode === 'adopted') return foundIn(cluster.name, observation);
  if (revision === null) throw new Error('a verification was leased without a revision');
  const args = verifyArgs(planInputOf(lease, observation));
  return { args, expected: Object.keys(revision.spec.nodes) };
}

/** @throws AppError when no manager can be asked: then nobody knows what there is. */
function foundIn(cluster: string, observation: Observation): Wanted {
  const { swarm } = observation;
  if (swarm.known && swarm.value !== null) {
    const hosts = [...membersOf(observation).keys()];
    return { args: verifyFound(swarm.value, hosts), expected: hosts };
  }
  const reason = swarm.known ? 'every host that was a node of it is in no swarm now' : swarm.reason;
  throw new AppError('engine_unreachable', `The swarm of ${cluster} cannot be read: ${reason}`, {
    done: 'Nothing was changed.',
    next: `Bring a manager back, or adopt it anew: \`flotilla cluster adopt ${cluster} --from HOST\`.`,
  });
}

/** @throws AppError `not_found` for a network that no manager lists, before anything is started on a host. */
export function checkNetworks(cluster: string, wanted: StepVerify, asked: readonly string[]): void {
  const missing = asked.filter((name) => !wanted.networks.includes(name));
  if (missing.length === 0) return;
  throw new AppError('not_found', `The swarm of ${cluster} has no overlay network ${missing.join(', ')}`, {
    done: 'Nothing was done.',
    next: `It has: ${wanted.networks.join(', ') || 'none'}.`,
  });
}

/**
 * Nodes of an adopted swarm that are no registered host: nobody can look from there, so they are unknown, never passed.
 * The nodes are those that a manager lists now; what was recorded at the adoption may be old.
 */
export function withNodesWithoutHost(
  verification: Verification,
  observation: Observation,
  adoption: Adoption | null,
): Verification {
  const known = new Set(membersOf(observation).values());
  const listed = observation.swarm.known ? (observation.swarm.value?.nodes ?? []) : [];
  const missing = listed.filter(({ id }) => !known.has(id));
  if (missing.length === 0) return verification;
  const checks = [
    ...verification.checks,
    ...missing.map(({ id, hostname }): CheckResult => {
      const command = adoption?.nodes.find((node) => node.id === id)?.addHost;
      return {
        level: 'L0',
        check: 'node',
        network: null,
        from: hostname,
        to: null,
        target: id,
        result: 'unknown',
        detail: `no registered host is this node${command == null ? '' : `: \`${command}\`, then adopt again`}`,
        ms: null,
      };
    }),
  ];
  return { ...verification, checks, verdict: verdictOf(checks, verification.pairs, verification.findings) };
}
