import { setTimeout as pause } from 'node:timers/promises';
import type { Lab } from '#lab/types.ts';
import { createContainer, deleteContainer, inspectContainer, startContainer } from '#workers/docker/containers.ts';
import { type EngineClient, localEngine } from '#workers/docker/engine.ts';
import { runExec } from '#workers/docker/exec.ts';
import { probeImage } from '#workers/probe/image.ts';
import { parseOutput, type ProbeCheck, probeArgs } from '#workers/probe/protocol.ts';
import { network, type Prepared } from '../form/way.ts';

interface Member {
  name: string;
  address: string;
  engine: EngineClient;
}

/** A prober that runs on a member: on the overlay with its address there, or on the host's own network. */
interface Prober {
  member: Member;
  id: string;
  name: string;
  address: string;
}

const bulkPort = 39_871;
/** 1450 bytes in the overlay's packet, less 28 of headers: as large as the network promises to carry. */
const largeBytes = 1422;
const limitMs = 30_000;
const againMs = 100;

/**
 * The engines' own work and nothing else: a prober on the overlay and one on the host of every node, one exec each with
 * the same checks that a verification makes (L1, L3 to L5), straight at the sockets. Who is there and the image are
 * known before, and nobody observes, reports or judges. What fails while names spread is asked again.
 */
export async function prepareFloor(lab: Lab): Promise<Prepared> {
  const members = lab.hosts.map(({ name, address, socketPath }) => ({
    name,
    address,
    engine: localEngine(socketPath, name),
  }));
  const { tag } = await probeImage(process.arch === 'arm64' ? 'arm64' : 'amd64');
  return {
    form: () => verifyDirectly(members, tag),
    close: async () => {
      await Promise.all(members.map(({ engine }) => engine.close()));
    },
  };
}

async function verifyDirectly(members: readonly Member[], image: string): Promise<void> {
  const made: Prober[] = [];
  const startAll = (mode: string): Promise<Prober[]> =>
    Promise.all(members.map((member) => start(member, { image, mode, made })));
  try {
    const [overlay, underlay] = await Promise.all([startAll(network), startAll('host')]);
    await Promise.all([
      ...overlay.map((prober) => askUntilAllPass(prober, overlayChecks(prober, overlay))),
      ...underlay.map((prober) => askUntilAllPass(prober, underlayChecks(prober, members))),
    ]);
  } finally {
    await Promise.all(made.map(({ member, id }) => deleteContainer(member.engine, id, { force: true })));
  }
}

async function start(member: Member, how: { image: string; mode: string; made: Prober[] }): Promise<Prober> {
  const { engine } = member;
  const { image, mode, made } = how;
  const name = `bench-floor-${mode}-${member.name}`;
  const listen = mode === 'host' ? { address: '127.0.0.1', port: 0 } : { port: bulkPort };
  const body = {
    Image: image,
    Cmd: probeArgs({ listen: [{ proto: 'tcp', ...listen }], stayMs: 120_000 }),
    HostConfig: { NetworkMode: mode },
  };
  const { id } = await createContainer(engine, body, { name });
  const prober = { member, id, name, address: '' };
  made.push(prober);
  await startContainer(engine, id);
  const { NetworkSettings } = await inspectContainer(engine, id);
  prober.address = NetworkSettings.Networks[network]?.IPAddress ?? '';
  return prober;
}

function overlayChecks(from: Prober, all: readonly Prober[]): ProbeCheck[] {
  return all
    .filter((to) => to !== from)
    .flatMap(({ name, address: host }): ProbeCheck[] => [
      { id: `dns ${name}`, kind: 'dns', name },
      { id: `ping ${name}`, kind: 'ping', host },
      { id: `large ${name}`, kind: 'ping', host, size: largeBytes, df: true },
      { id: `bulk ${name}`, kind: 'bulk', host, port: bulkPort, nonce: `${from.name}-${name}`, timeoutMs: 10_000 },
    ]);
}

/** Gossip of every peer, and the manager, which is the first. */
function underlayChecks(from: Prober, members: readonly Member[]): ProbeCheck[] {
  return members
    .filter((to) => to !== from.member)
    .flatMap(({ address: host }): ProbeCheck[] => [
      { id: `gossip ${host}`, kind: 'tcp', host, port: 7946 },
      ...(host === members[0]?.address ? [{ id: 'manager', kind: 'tcp', host, port: 2377 } as const] : []),
    ]);
}

async function askUntilAllPass({ member, id }: Prober, checks: readonly ProbeCheck[]): Promise<void> {
  const end = performance.now() + limitMs;
  for (let open = checks; ;) {
    const { stdout } = await runExec(member.engine, id, { Cmd: ['/probe', ...probeArgs({ checks: [...open] })] });
    const passed = new Set(parseOutput(stdout).results.flatMap((one) => (one.status === 'ok' ? [one.id] : [])));
    open = open.filter((check) => !passed.has(check.id));
    if (open.length === 0) return;
    if (performance.now() > end) {
      throw new Error(`${member.name}: these checks do not pass: ${open.map((check) => check.id).join(', ')}`);
    }
    await pause(againMs);
  }
}
