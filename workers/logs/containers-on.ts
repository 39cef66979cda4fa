import type { Observed } from '#core/observed.ts';
import { within } from '../checks/within.ts';
import { listContainers, type ListedContainer } from '../docker/containers.ts';
import type { Filters } from '../docker/filters.ts';
import type { Hosts } from '../hosts.ts';

/** A host that says nothing for so long keeps back what the others say: to find out why takes as long once more. */
export const silenceMs = 10_000;

export interface Look {
  host: string;
  containers: Observed<ListedContainer[]>;
}

/** All containers of a host, the newest first as engines list them, or why they are not known. */
export async function containersOn(hosts: Pick<Hosts, 'engine'>, host: string, filters?: Filters): Promise<Look> {
  const ask = async (): Promise<ListedContainer[]> => {
    const how = { all: true, ...(filters === undefined ? {} : { filters }) };
    return await listContainers(hosts.engine(host), how, { timeoutMs: silenceMs - 2000 });
  };
  return { host, containers: await within(ask(), silenceMs, host) };
}
