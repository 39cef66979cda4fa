import type { NetworkFacts } from '#core/observation.ts';
import { listNetworks } from '../docker/networks.ts';
import { networkFacts } from '../observe/facts.ts';
import type { StepContext } from './context.ts';

/** The swarm-scoped network of exactly this name, as a manager lists it. */
export async function findNetwork(
  { managers }: Pick<StepContext, 'managers'>,
  name: string,
): Promise<NetworkFacts | undefined> {
  const list = await managers.ask((engine) => listNetworks(engine, { filters: { name: [name], scope: ['swarm'] } }));
  return networkFacts(list).find((network) => network.name === name);
}
