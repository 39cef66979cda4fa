import { endEngine, release, waitForEngine } from '../host/engine.ts';
import { until } from '../wait.ts';
import { secondNic } from './link.ts';
import type { Fault, FaultSite } from './types.ts';

const state = '/var/lib/docker/swarm';
const kept = '/var/lib/docker/swarm.kept';

/** Both hosts then say that they are the same node, and take its session from each other. */
export const clonedSwarm: Fault = {
  says: 'give the host the swarm state of another one (peer), as a cloned disk has',
  reads: ['peer'],
  needs: ['peer'],
  async inject(site, { peer = '' }) {
    await withEngineDown(site, async () => {
      await site.inHost(['mv', state, kept]);
      const roots = [site.at(peer), site].map(({ host }) => `/proc/${host.pid}/root${state}`);
      await site.onMachine(['cp', '--archive', ...roots]);
    });
  },
  async heal(site, { peer = '' }) {
    await withEngineDown(site, async () => {
      await site.inHost(['rm', '-rf', state]);
      await site.inHost(['mv', kept, state]);
    });
    // Whoever took the copy for it does not gossip with the peer any more, until the peer's engine begins anew.
    await withEngineDown(site.at(peer), () => Promise.resolve());
  },
  async isThere(site, { peer = '' }) {
    const [own, other] = await Promise.all([nodeId(site), nodeId(site.at(peer))]);
    return own !== '' && own === other;
  },
};

async function withEngineDown({ host, inHost }: FaultSite, work: () => Promise<void>): Promise<void> {
  await endEngine(host.pid, 'KILL'); // in order, it would wait ten seconds for its containers
  try {
    await work();
    // One that is killed while it leaves a network leaves its device behind, which is another fault.
    await inHost(['sh', '-c', removeOrphans]);
  } finally {
    await release(host.pid, 'dockerd');
    await waitForEngine(host.pid);
  }
}

const removeOrphans =
  "ip -oneline link show type vxlan | sed 's/^[0-9]*: \\([^:@]*\\).*/\\1/' | xargs -r -n 1 ip link delete";

const infoOf = async ({ ask }: FaultSite, field: string): Promise<string> =>
  (await ask(['docker', 'info', '--format', `{{.Swarm.${field}}}`])).stdout.trim();

const nodeId = (site: FaultSite): Promise<string> => infoOf(site, 'NodeID');

/** A worker joins again and tells everybody the address of an interface that nobody reaches. */
export const wrongAdvertise: Fault = {
  says: 'let a worker join again (by the manager peer) with the address of an eth1 that nobody reaches',
  reads: ['peer'],
  needs: ['peer'],
  async inject(site, { peer = '' }) {
    await secondNic.inject(site, {});
    await joinAgain(site, site.at(peer), `10.78.255.${site.host.index}`);
  },
  async heal(site, { peer = '' }) {
    await joinAgain(site, site.at(peer), site.addressOf(site.host.name));
    await secondNic.heal(site, {});
  },
  isThere: async (site) => (await infoOf(site, 'NodeAddr')).startsWith('10.78.255.'),
};

/** Forgets the swarm with the engine down: to leave in order takes half a minute where the manager cannot answer. */
async function joinAgain(site: FaultSite, manager: FaultSite, advertised: string): Promise<void> {
  const before = await nodeId(site);
  await withEngineDown(site, async () => {
    await site.inHost(['rm', '-rf', state]);
  });
  const token = (await manager.inHost(['docker', 'swarm', 'join-token', '--quiet', 'worker'])).stdout.trim();
  const to = `${manager.addressOf(manager.host.name)}:2377`;
  await site.inHost(['docker', 'swarm', 'join', '--token', token, '--advertise-addr', advertised, to]);
  // The node that it was is nobody's any more.
  await manager.inHost(['docker', 'node', 'rm', '--force', before]);
}

const unlockKey = '/run/lab/unlock-key';

/** The key is kept in the host, in memory. */
export const lockedManager: Fault = {
  says: 'switch autolock on and start the manager’s engine again: it waits for the key',
  reads: [],
  async inject(site) {
    await site.inHost(['docker', 'swarm', 'update', '--autolock=true']);
    const { stdout } = await site.inHost(['docker', 'swarm', 'unlock-key', '--quiet']);
    await site.inHost(['tee', unlockKey], { stdin: stdout });
    await withEngineDown(site, () => Promise.resolve());
    await until('the manager is locked', () => isLocked(site));
  },
  async heal(site) {
    if (await isLocked(site)) {
      const key = (await site.inHost(['cat', unlockKey])).stdout;
      await site.inHost(['docker', 'swarm', 'unlock'], { stdin: key });
      await until('the manager is unlocked', async () => !(await isLocked(site)));
    }
    await until('the manager takes changes', async () => {
      return (await site.ask(['docker', 'swarm', 'update', '--autolock=false'])).code === 0;
    });
    await site.inHost(['rm', '-f', unlockKey]);
  },
  isThere: (site) => isLocked(site),
};

const isLocked = async (site: FaultSite): Promise<boolean> => (await infoOf(site, 'LocalNodeState')) === 'locked';
