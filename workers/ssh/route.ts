import { AppError } from '#core/errors.ts';
import type { Host } from '#core/host.ts';

/** The hosts to go through, the outermost bastion first and the host itself last. */
export function routeTo(host: Host, hosts: ReadonlyMap<string, Host>): Host[] {
  const route = [host];
  for (let at = host; at.via !== null;) {
    const bastion = hosts.get(at.via);
    if (bastion === undefined) {
      throw new AppError(
        'host_unreachable',
        `${at.name} is reached through ${at.via}, and there is no host of that name.`,
        {
          host: host.name,
          done: 'Nothing was done on the host.',
          next: `Add ${at.via} as a host, or correct the bastion of ${at.name}.`,
        },
      );
    }
    if (route.includes(bastion)) {
      throw new AppError(
        'host_unreachable',
        `${host.name} is reached through itself: ${bastion.name} goes through ${at.name}.`,
        {
          host: host.name,
          done: 'Nothing was done on the host.',
          next: 'Correct the bastions of these hosts.',
        },
      );
    }
    route.unshift(bastion);
    at = bastion;
  }
  return route;
}

/** Two routes with the same identity may share a connection; pins are judged apart. */
export const identityOf = (route: readonly Host[]): string =>
  JSON.stringify(route.map(({ name, address, port, user, key }) => [name, address, port, user, key]));
