import { readFile, writeFile } from 'node:fs/promises';
import { daemonPid, endEngine, freezeEngine, killEngine, release, signal, waitForEngine } from '../host/engine.ts';
import { until } from '../wait.ts';
import type { Fault, FaultSite } from './types.ts';

export const engineFrozen: Fault = {
  says: 'stop dockerd with SIGSTOP: its socket takes calls and never answers',
  reads: [],
  async inject({ host }) {
    await freezeEngine(host.pid);
  },
  async heal({ host }) {
    await signal(host.pid, 'dockerd', 'CONT');
    await waitForEngine(host.pid);
  },
  async isThere({ ask }) {
    return (await ask(['ps', '-C', 'dockerd', '-o', 'stat='])).stdout.startsWith('T');
  },
};

export const engineKilled: Fault = {
  says: 'kill dockerd once with SIGKILL; the init starts it again half a second later',
  reads: [],
  async inject({ host }) {
    await killEngine(host.pid);
  },
  async heal({ host }) {
    await waitForEngine(host.pid);
  },
};

export const engineDown: Fault = {
  says: 'kill dockerd with SIGKILL and keep it down',
  reads: [],
  async inject({ host, inHost }) {
    await endEngine(host.pid, 'KILL');
    await removeLeftVxlan(inHost);
  },
  async heal({ host }) {
    await release(host.pid, 'dockerd');
    await waitForEngine(host.pid);
  },
  async isThere({ host }) {
    return (await daemonPid(host.pid, 'dockerd')) === undefined;
  },
};

/** An engine that is killed while it leaves a network leaves its device: a fault of its own, which is not meant here. */
async function removeLeftVxlan(inHost: FaultSite['inHost']): Promise<void> {
  const { stdout } = await inHost(['ip', '-o', 'link', 'show', 'type', 'vxlan']);
  for (const [, device = ''] of stdout.matchAll(/^\d+: ([^:@]+)/gm)) await inHost(['ip', 'link', 'del', device]);
}

export const liveRestore: Fault = {
  says: 'switch live-restore on, which swarm mode does not go with',
  reads: [],
  inject: (site) => setLiveRestore(site, true),
  heal: (site) => setLiveRestore(site, false),
  isThere: (site) => hasLiveRestore(site),
};

async function setLiveRestore(site: FaultSite, wanted: boolean): Promise<void> {
  await configureEngine(site, { 'live-restore': wanted });
  await until('the engine reads its settings', async () => (await hasLiveRestore(site)) === wanted);
}

async function hasLiveRestore({ inHost }: FaultSite): Promise<boolean> {
  return (await inHost(['docker', 'info', '--format', '{{.LiveRestoreEnabled}}'])).stdout.trim() === 'true';
}

/** Changes settings that the engine reads again at SIGHUP. */
export async function configureEngine({ host }: FaultSite, settings: Record<string, unknown>): Promise<void> {
  const file = `/proc/${host.pid}/root/etc/docker/daemon.json`;
  const config: unknown = JSON.parse(await readFile(file, 'utf8'));
  await writeFile(file, JSON.stringify({ ...Object(config), ...settings }, null, 2));
  await signal(host.pid, 'dockerd', 'HUP');
}
