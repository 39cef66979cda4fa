import type { Lab, LabHost } from '#lab/types.ts';
import { clusterLabel } from '#core/spec/names.ts';
import { localEngine } from '#workers/docker/engine.ts';
import { initSwarm, inspectSwarm, joinSwarm } from '#workers/docker/swarm.ts';
import { waitFor } from '#workers/wait-for.ts';

const attemptsMax = 15;
/** An engine that left in order has closed its gossip port by then. */
const closedWithinMs = 10_000;

/**
 * Makes a swarm and has all hosts leave it at the same moment, until an engine (before 28) keeps its gossip agent:
 * inactive, with port 7946 still open. Gives the names of those hosts.
 */
export async function leaveInAHurry(lab: Lab): Promise<string[]> {
  for (let attempt = 1; attempt <= attemptsMax; attempt += 1) {
    await formByHand(lab, 'hurry');
    await Promise.all(lab.hosts.map((host) => host.exec(['docker', 'swarm', 'leave', '--force'])));
    const stale = await Promise.all(lab.hosts.map(keepsGossip));
    const names = lab.hosts.flatMap(({ name }, at) => (stale[at] === true ? [name] : []));
    if (names.length > 0) return names;
  }
  throw new Error(`no engine kept its gossip agent in ${attemptsMax} attempts`);
}

/**
 * A swarm with the label of our cluster, straight at the engines: nothing looks at their state before. `pools`: where its
 * networks get their subnets from; none is the engine's own choice.
 */
export async function formByHand(lab: Lab, cluster: string, pools: readonly string[] = []): Promise<void> {
  const [first, ...others] = lab.hosts.map((host) => ({ host, engine: localEngine(host.socketPath, host.name) }));
  if (first === undefined) return;
  try {
    const listen = { ListenAddr: '0.0.0.0:2377' };
    await initSwarm(first.engine, {
      ...listen,
      AdvertiseAddr: first.host.address,
      ...(pools.length === 0 ? {} : { DefaultAddrPool: pools, SubnetSize: 24 }),
      Spec: { Labels: { [clusterLabel]: cluster } },
    });
    const { JoinTokens: tokens } = await inspectSwarm(first.engine);
    const join = { ...listen, RemoteAddrs: [`${first.host.address}:2377`], JoinToken: tokens.Worker };
    await Promise.all(others.map(({ host, engine }) => joinSwarm(engine, { ...join, AdvertiseAddr: host.address })));
  } finally {
    await Promise.all([first, ...others].map(({ engine }) => engine.close()));
  }
}

/** Port 7946 is 1F0A in /proc/net; an engine that leaves in order frees it after a moment. */
async function keepsGossip(host: LabHost): Promise<boolean> {
  const freed = await waitFor(async () => ((await listens(host)) ? undefined : true), {
    limitMs: closedWithinMs,
    firstMs: 200,
  });
  return freed === undefined;
}

async function listens(host: LabHost): Promise<boolean> {
  const { stdout } = await host.exec(['cat', '/proc/net/tcp', '/proc/net/tcp6', '/proc/net/udp', '/proc/net/udp6']);
  return stdout.split('\n').some((line) => /:1F0A [0-9A-F]+:0000 (0A|07)/.test(line));
}
