import { join } from 'node:path';
import { createClient } from '#api/client.ts';
import { startApi } from '#api/node.ts';
import type { Doorbell } from '#db/store.ts';
import type { Lab } from '#lab/types.ts';
import { HostAccess } from '#workers/open-hosts.ts';
import { noMeter } from '#core/meter.ts';
import { runOperation } from '#workers/run-operation.ts';
import { workerApi } from '#workers/worker-client.ts';
import { clusterName } from './spec.ts';

/**
 * SSH channels that one verification opens on the host where it opens most: run by a worker in this process, on the
 * data of a control plane that was stopped, with connections of its own.
 */
export async function countChannels(lab: Lab, dataDir: string, token: string): Promise<number> {
  const rung = Promise.withResolvers<Doorbell>();
  const api = await startApi({ dataDir, listen: null, osUser: 'bench', onRing: rung.resolve });
  const keys = new Map([['default', [{ kind: 'file' as const, path: lab.sshKeyFile }]]]);
  const access = new HostAccess({
    ssh: { keys, keysFolder: null, sudoPasswordFiles: new Map() },
    probe: {},
    registryLogins: null,
    secrets: { files: new Map(), folder: null },
  });
  try {
    const clientOf = (bearer: string) =>
      createClient({ baseUrl: 'http://bench', token: bearer, fetch: (request) => api.app.fetch(request) });
    const param = { cluster: clusterName };
    await clientOf(token).v1.clusters[':cluster'].verify.$post({ param, json: { connectivity: 'full' } });
    const { operation } = await rung.promise;
    const deps = {
      api: workerApi(clientOf(api.workerToken), 'bench'),
      spoolFolder: join(dataDir, 'bench-spool'),
      openHosts: access.open.bind(access),
      telemetry: { log: console.error, meter: noMeter, tracer: null },
    };
    await runOperation(deps, operation);
    return Math.max(...access.pool.channelsPerHost.values());
  } finally {
    await access.close();
    await api.close();
  }
}
