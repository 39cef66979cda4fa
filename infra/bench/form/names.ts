import type { Lab, LabHost } from '#lab/types.ts';
import { setTimeout as pause } from 'node:timers/promises';
import { createContainer, deleteContainer, inspectContainer, startContainer } from '#workers/docker/containers.ts';
import { type EngineClient, localEngine } from '#workers/docker/engine.ts';
import { runExec } from '#workers/docker/exec.ts';
import { pullImage } from '#workers/docker/images.ts';
import { network } from './way.ts';

const image = 'busybox:latest';
const limitMs = 15_000;
const command = ['sh', '-c', 'trap exit TERM; sleep 600 & wait'];

interface Endpoint {
  name: string;
  host: string;
  engine: EngineClient;
  id: string;
}

/**
 * Proves that the overlay works: a container on the first and one on the last host find each other by name, each with
 * the other's own address. Throws when they do not within 15 s. The containers are removed again.
 */
export async function namesResolve(lab: Lab): Promise<void> {
  const [first, last] = [lab.hosts[0], lab.hosts.at(-1)];
  if (first === undefined || last === undefined || first === last) throw new Error('names need two hosts');
  const made: Endpoint[] = [];
  try {
    const left = await runEndpoint(first, 'bench-left', made);
    const right = await runEndpoint(last, 'bench-right', made);
    await Promise.all([finds(left, right), finds(right, left)]);
  } finally {
    await Promise.all(made.map(remove));
  }
}

async function runEndpoint(host: LabHost, name: string, made: Endpoint[]): Promise<Endpoint> {
  const engine = localEngine(host.socketPath, host.name);
  await pullImage(engine, image);
  const body = { Image: image, Cmd: command, HostConfig: { NetworkMode: network } };
  const { id } = await createContainer(engine, body, { name });
  const endpoint = { name, host: host.name, engine, id };
  made.push(endpoint);
  await startContainer(engine, id);
  return endpoint;
}

/** The last two lines of nslookup are the name and the address that it found. */
async function finds(from: Endpoint, to: Endpoint): Promise<void> {
  const { NetworkSettings: settings } = await inspectContainer(to.engine, to.id);
  const address = settings.Networks[network]?.IPAddress ?? '';
  const end = performance.now() + limitMs;
  for (;;) {
    const { stdout, stderr } = await runExec(from.engine, from.id, { Cmd: ['nslookup', to.name] });
    if (address !== '' && stdout.split('\n').some((line) => line.startsWith('Address') && line.endsWith(` ${address}`)))
      return;
    if (performance.now() > end) {
      throw new Error(`${to.name} (${to.host}, ${address}) is not found from ${from.host}: ${stdout}${stderr}`);
    }
    await pause(200);
  }
}

async function remove({ engine, id }: Endpoint): Promise<void> {
  await deleteContainer(engine, id, { force: true });
  await engine.close();
}
