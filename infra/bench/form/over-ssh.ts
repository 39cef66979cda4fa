import type { Host } from '#core/host.ts';
import type { Lab, LabHost } from '#lab/types.ts';
import { Engines } from '#workers/docker/engines.ts';
import { engineInfo } from '#workers/docker/system.ts';
import { SshPool } from '#workers/ssh/pool.ts';
import { formDirectly } from './floor.ts';
import type { Prepared } from './way.ts';

/**
 * The floor's calls by way of SSH: one login for each host, each engine asked once for its state, since a swarm must not
 * be formed of hosts that are in one, and then what the floor does. No facts, plan, ledger or record, in a process that
 * is warm: what nobody who comes by SSH goes below.
 */
export async function prepareOverSsh(lab: Lab): Promise<Prepared> {
  const keys = new Map([['default', [{ kind: 'file' as const, path: lab.sshKeyFile }]]]);
  const pool = new SshPool({ config: { keys, keysFolder: null, sudoPasswordFiles: new Map() } });
  const engines = new Engines(pool);
  const hosts = new Map(await Promise.all(lab.hosts.map(async (host) => [host.name, await hostOf(host)] as const)));
  const members = [...hosts.values()].map((host) => ({ address: host.address, engine: engines.get(host, hosts) }));
  return {
    form: async () => {
      await Promise.all(members.map(({ engine }) => engineInfo(engine)));
      await formDirectly(members);
    },
    close: async () => {
      await engines.close();
      await pool.close();
    },
  };
}

const hostOf = async (host: LabHost): Promise<Host> => ({
  name: host.name,
  address: host.address,
  port: host.sshPort,
  user: host.user,
  key: 'default',
  via: null,
  hostKeys: [{ algorithm: 'ssh-ed25519', fingerprint: await host.hostKeyFingerprint() }],
  acceptNew: false,
  cluster: null,
});
