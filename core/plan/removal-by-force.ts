import type { Decision } from '../plan.ts';
import type { World } from './world.ts';

/** That a node may be taken out unseen was asked for with its removal, and stays with the revision until it is out. */
const pathOf = (host: string): string => `removed.${host}`;

export const forcedRemoval = (host: string): Decision => ({
  path: pathOf(host),
  value: 'force',
  reason: `asked for with \`node rm ${host} --force\`, in case it cannot be seen`,
});

export const isRemovalPath = (path: string): boolean => path.startsWith('removed.');

/** Whether a host may be taken out without having been seen. */
export const isForced = ({ input }: World, host: string): boolean =>
  input.decisions.some(({ path }) => path === pathOf(host));

/** Where a decision of that kind is still of use. */
export const openRemovals = (hosts: readonly string[]): string[] => hosts.map((host) => pathOf(host));
