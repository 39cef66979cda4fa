import { setTimeout as pause } from 'node:timers/promises';
import type { Lab } from '#lab/types.ts';
import {
  createContainer,
  deleteContainer,
  inspectContainer,
  listContainers,
  startContainer,
} from '#workers/docker/containers.ts';
import { type EngineClient, localEngine } from '#workers/docker/engine.ts';
import { runExec } from '#workers/docker/exec.ts';
import { probeImage } from '#workers/probe/image.ts';
import { parseOutput, type ProbeCheck, probeArgs } from '#workers/probe/protocol.ts';
import { network, type Prepared } from '../form/way.ts';
import { serviceName } from './spec.ts';

interface Task {
  id: string;
  address: string;
}

interface Member {
  name: string;
  address: string;
  engine: EngineClient;
  /** Where a prober can look from; null on an empty network. */
  task: Task | null;
}

interface Made {
  member: Member;
  id: string;
}

/** A prober that runs on a member, with the address of its overlay: its own, or that of the task it looks from. */
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
 * The engines' own work and nothing else: one exec on every node with the same checks that a verification makes (L1, L3
 * to L5), straight at the sockets, in a prober inside the task that runs there; on an empty network in one on the
 * overlay, with another on the host. Who is there and the image are known before, and nobody observes, reports or
 * judges. What fails while names spread is asked again. The execs are listened to, which at a socket costs least; over
 * SSH it would take a channel, so a verification has them tell by the prober's log.
 */
export async function prepareFloor(lab: Lab, { isEmpty }: { isEmpty: boolean }): Promise<Prepared> {
  const members = await Promise.all(
    lab.hosts.map(async ({ name, address, socketPath }): Promise<Member> => {
      const engine = localEngine(socketPath, name);
      return { name, address, engine, task: isEmpty ? null : await taskOn(engine) };
    }),
  );
  const { tag } = await probeImage(process.arch === 'arm64' ? 'arm64' : 'amd64');
  return {
    form: () => verifyDirectly(members, tag),
    close: async () => {
      await Promise.all(members.map(({ engine }) => engine.close()));
    },
  };
}

/** The task of the service on one node. */
async function taskOn(engine: EngineClient): Promise<Task> {
  const [task] = await listContainers(engine, { filters: { label: [`com.docker.swarm.service.name=${serviceName}`] } });
  const address = task?.NetworkSettings.Networks[network]?.IPAddress;
  if (task === undefined || address === undefined) throw new Error(`${engine.host} runs no task of ${serviceName}`);
  return { id: task.Id, address };
}

async function verifyDirectly(members: readonly Member[], image: string): Promise<void> {
  const made: Made[] = [];
  const startOn = (some: readonly Member[], modeOf: (member: Member) => string): Promise<Prober[]> =>
    Promise.all(some.map((member) => start(member, { image, mode: modeOf(member), made })));
  try {
    const [overlay, underlay] = await Promise.all([
      startOn(members, ({ task }) => (task === null ? network : `container:${task.id}`)),
      startOn(
        members.filter(({ task }) => task === null),
        () => 'host',
      ),
    ]);
    const ports = underlay.length > 0 ? underlay : overlay;
    await Promise.all(
      [...new Set([...overlay, ...underlay])].map((prober) =>
        askUntilAllPass(prober, [
          ...(overlay.includes(prober) ? overlayChecks(prober, overlay) : []),
          ...(ports.includes(prober) ? underlayChecks(prober, members) : []),
        ]),
      ),
    );
  } finally {
    await Promise.all(made.map(({ member, id }) => deleteContainer(member.engine, id, { force: true })));
  }
}

async function start(member: Member, how: { image: string; mode: string; made: Made[] }): Promise<Prober> {
  const { engine, task } = member;
  const { image, mode, made } = how;
  const name = `bench-floor-${mode.slice(0, 9).replace(':', '')}-${member.name}`;
  const listen = mode === 'host' ? { address: '127.0.0.1', port: 0 } : { port: bulkPort };
  const body = {
    Image: image,
    Cmd: probeArgs({ listen: [{ proto: 'tcp', ...listen }], stayMs: 120_000 }),
    HostConfig: { NetworkMode: mode },
  };
  const { id } = await createContainer(engine, body, { name });
  made.push({ member, id });
  await startContainer(engine, id);
  if (task !== null) return { member, id, name: serviceName, address: task.address };
  const { NetworkSettings } = await inspectContainer(engine, id);
  return { member, id, name, address: NetworkSettings.Networks[network]?.IPAddress ?? '' };
}

function overlayChecks(from: Prober, all: readonly Prober[]): ProbeCheck[] {
  const peers = all.filter((to) => to !== from);
  return [
    ...[...new Set(peers.map(({ name }) => name))].map((name): ProbeCheck => ({
      id: `dns ${name}`,
      kind: 'dns',
      name,
    })),
    ...peers.flatMap(({ member, address: host }): ProbeCheck[] => {
      const nonce = `${from.member.name}-${member.name}`;
      return [
        { id: `ping ${host}`, kind: 'ping', host },
        { id: `large ${host}`, kind: 'ping', host, size: largeBytes, df: true },
        { id: `bulk ${host}`, kind: 'bulk', host, port: bulkPort, nonce, timeoutMs: 10_000 },
      ];
    }),
  ];
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
