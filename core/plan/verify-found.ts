import { readService } from '../engine/observed-service.ts';
import type { SwarmFacts } from '../observation.ts';
import type { StepVerify } from '../step.ts';

/**
 * What a verification has to prove of a swarm that no spec describes: every overlay network, and every TCP port that
 * its services publish. `hosts` are its nodes that we can reach, as hosts.
 */
export const verifyFound = ({ networks, services }: SwarmFacts, hosts: readonly string[]): StepVerify => ({
  connectivity: 'sampled',
  networks: networks.filter(({ driver, ingress }) => driver === 'overlay' && !ingress).map(({ name }) => name),
  http: [],
  published: services.flatMap((facts) => {
    const service = readService(facts);
    if (service === undefined || service.Mode.Replicated?.Replicas === 0) return [];
    return service.EndpointSpec.Ports.filter(
      ({ Protocol, PublishedPort }) => Protocol === 'tcp' && PublishedPort !== 0,
    ).map(({ PublishedPort: port, PublishMode }) => ({
      of: facts.name,
      port,
      // In host mode it answers where a task runs, which is looked up then.
      hosts: PublishMode === 'ingress' ? [...hosts] : [],
    }));
  }),
});
