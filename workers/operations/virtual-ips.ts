import type { Inspection } from '#core/inspection.ts';
import { listServices } from '../docker/services.ts';
import type { Managers } from '../steps/managers.ts';

/** Virtual addresses of services on one network, from a manager. */
export async function virtualIpsOf(managers: Managers, network: string): Promise<Inspection['virtualIps']> {
  const services = await managers.ask((engine) => listServices(engine));
  return services.flatMap((service) =>
    (service.Endpoint?.VirtualIPs ?? [])
      .filter((ip) => ip.NetworkID === network && Boolean(ip.Addr))
      .map((ip) => ({ service: service.Spec.Name, address: ip.Addr?.split('/')[0] ?? '' })),
  );
}
