import { serviceImage } from '#core/engine/service-spec.ts';
import type { EngineJson } from '#core/step.ts';
import type { WithRegistryAuth } from '../docker/registry-auth.ts';
import type { StepContext } from './context.ts';

/**
 * The login that a service's image needs. The swarm keeps it with the service, as `--with-registry-auth` does, for
 * tasks that start later on other hosts; an update without one keeps what the service has.
 */
export async function serviceLogin(spec: EngineJson, { hosts }: Pick<StepContext, 'hosts'>): Promise<WithRegistryAuth> {
  const image = serviceImage(spec);
  return image === null ? {} : { registryAuth: await hosts.registryAuth(image) };
}
