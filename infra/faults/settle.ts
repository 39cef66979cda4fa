import type { Lab, LabHost } from '#lab/types.ts';
import { until } from '#lab/wait.ts';
import { docker } from './docker.ts';

/** Gossip that was cut off heals within a minute; tasks that were lost start within seconds. */
const limitMs = 150_000;

/**
 * Waits until the lab is whole, as it says itself and not as Flotilla sees it: so that a finding on a lab that is whole
 * is a false alarm, and one on a lab that still mends itself is none.
 */
export async function settle(lab: Lab, formed: boolean): Promise<void> {
  for (const host of lab.hosts)
    await until(`${host.name} is whole`, () => isUp(host, formed), { limitMs, everyMs: 300 });
  if (!formed) return;
  // A look that goes as far as the containers is some twenty commands of Docker.
  await until('the swarm is whole', () => isWhole(lab), { limitMs, everyMs: 2000 });
}

async function isUp(host: LabHost, formed: boolean): Promise<boolean> {
  const { code, stdout } = await host.exec(['docker', 'info', '--format', '{{.Swarm.LocalNodeState}}']);
  if (code !== 0 || stdout.trim() !== (formed ? 'active' : 'inactive')) return false;
  // An engine that is killed while it leaves a network leaves its device behind: then the lab is not whole.
  const devices = await host.exec(['ip', '-o', 'link', 'show', 'type', 'vxlan']);
  if (devices.code !== 0 || devices.stdout.trim() !== '') return false;
  return formed || (await hasNoOverlay(host));
}

/** An engine that leaves a swarm in a hurry may keep an overlay in a namespace of its own, with the port of its device. */
async function hasNoOverlay(host: LabHost): Promise<boolean> {
  const { code, stdout } = await host.exec(['ss', '-Hlun', 'sport = :4789']);
  return code === 0 && stdout.trim() === '';
}

async function isWhole(lab: Lab): Promise<boolean> {
  try {
    const [manager] = lab.hosts;
    return (
      manager !== undefined &&
      (await everyNodeIsReady(lab, manager)) &&
      (await everyTaskRuns(manager)) &&
      (await everyContainerReaches(lab.hosts))
    );
  } catch {
    return false; // what cannot be asked is not whole
  }
}

async function everyNodeIsReady({ hosts }: Lab, manager: LabHost): Promise<boolean> {
  const nodes = (await docker(manager, ['node', 'ls', '--format', '{{.Hostname}} {{.Status}}'])).split('\n');
  return hosts.every(({ name }) => nodes.includes(`${name} Ready`)) && nodes.length === hosts.length;
}

async function everyTaskRuns(manager: LabHost): Promise<boolean> {
  const services = (await docker(manager, ['service', 'ls', '--format', '{{.Replicas}}'])).split('\n');
  return services.every((replicas) => {
    const [runs, wanted] = replicas.split(' ')[0]?.split('/') ?? [];
    return runs === wanted && wanted !== '0';
  });
}

interface Endpoint {
  host: LabHost;
  container: string;
  address: string;
}

/** The tasks of `web`, of which every host has one: they know of each other, and large packets pass between them. */
async function everyContainerReaches(hosts: readonly LabHost[]): Promise<boolean> {
  const found = await Promise.all(hosts.map(webOn));
  const ends = found.filter((end) => end !== null);
  if (ends.length !== hosts.length) return false;
  const looks = await Promise.all(ends.map((end) => reachesAll(end, ends)));
  return looks.every(Boolean);
}

async function webOn(host: LabHost): Promise<Endpoint | null> {
  const filter = ['--filter', 'label=com.docker.swarm.service.name=web', '--filter', 'status=running'];
  const container = await docker(host, ['ps', '--quiet', ...filter]);
  if (!/^\w+$/.test(container)) return null;
  const format = '{{with index .NetworkSettings.Networks "net"}}{{.IPAddress}}{{end}}';
  return { host, container, address: await docker(host, ['inspect', '--format', format, container]) };
}

async function reachesAll({ host, container }: Endpoint, ends: readonly Endpoint[]): Promise<boolean> {
  const inside = (argv: string[]) => host.exec(['docker', 'exec', container, ...argv], { timeoutMs: 10_000 });
  const named = await inside(['nslookup', 'tasks.web']);
  const told = [...named.stdout.matchAll(/^Address: (\S+)$/gm)].map(([, address]) => address);
  if (told.length !== ends.length || !ends.every(({ address }) => told.includes(address))) return false;
  for (const { address } of ends) {
    if ((await inside(['ping', '-c1', '-W1', '-s', '1400', address])).code !== 0) return false;
  }
  return true;
}
