import type { Observation } from '#core/observation.ts';
import { askNothing } from '../observe/observe-held.ts';
import { observeHost } from '../observe/observe-host.ts';
import { observeStanding } from '../observe/observe-standing.ts';
import { observeSwarm } from '../observe/observe-swarm.ts';
import type { Ended, RunContext } from '../run-context.ts';

/**
 * Looks at a swarm that somebody else formed: the manager that was named lists its nodes, and every host that may be
 * one of them says its NodeID. The API makes of it what it is. Changes nothing.
 */
export async function runAdopt(context: RunContext): Promise<Ended> {
  const { api, hosts, lease } = context;
  const { operation, fence } = lease;
  const { request } = operation;
  if (request.kind !== 'adopt') throw new Error(`adopt was asked to run ${request.kind}`);
  const seen = Object.fromEntries(
    await Promise.all(hosts.all.map(async ({ name }) => [name, await observeHost(hosts, name, [])] as const)),
  );
  const manager = Object.fromEntries(Object.entries(seen).filter(([name]) => name === request.from));
  const observation: Observation = {
    at: new Date().toISOString(),
    hosts: seen,
    ...(request.draft === true ? { standing: await observeStanding(hosts, seen) } : {}),
    swarm: await observeSwarm(hosts, manager, { swarmId: null, ask: askNothing }),
  };
  const answer = await api.submitAdoption(operation.id, fence, observation);
  return answer.kind === 'adopted' ? { kind: 'ended', state: 'succeeded', error: null } : { kind: 'ended-by-api' };
}
