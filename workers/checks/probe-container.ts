import { AppError } from '#core/errors.ts';
import type { EngineJson } from '#core/step.ts';
import { createContainer, inspectContainer, listContainers, startContainer } from '../docker/containers.ts';
import type { CallOptions, EngineClient } from '../docker/engine.ts';
import { createExec, startExec } from '../docker/exec.ts';
import { type ProbeCheck, type ProbeListener, probeArgs } from '../probe/protocol.ts';
import { deleteContainer } from '../steps/delete-container.ts';
import { connectNetwork } from '../docker/networks.ts';
import type { Joining } from './joining.ts';
import { bulkPort, type Place, type Vantage } from './planned-check.ts';
import { probeLabel } from './probe-label.ts';
import { proberLog, runProber } from './run-prober.ts';

/** A prober never outlives this, even when nobody is left to remove it. */
const stayMs = 120_000;

/** A started probe container: it listens for the bulk test, and runs checks when asked. */
export interface Prober {
  host: string;
  id: string;
  name: string;
  /** Where it is on the overlays: its own addresses when it was attached, those of the container that it looks from. */
  places: readonly Place[];
  /** One exec for all checks; resolves with what the prober wrote. */
  run: (checks: ProbeCheck[], timeoutMs: number) => Promise<string>;
  /** One more exec, for what a check does not do; gives its output as it comes, until its end or the limit. */
  exec: (argv: string[], timeoutMs: number, onOutput: (text: string) => void) => Promise<void>;
  remove: () => Promise<void>;
}

interface Wanted {
  image: string;
  operation: string;
  /** Those that join networks at the same time. */
  joining: Joining;
}

/** A prober that runs, or why it does not, with the removal of what was made of it, which may take a while. */
export type ProberStart = { prober: Prober } | { fault: AppError; removal: Promise<void> };

/**
 * One-shot container of the probe image: unprivileged, removed by us, and by the engine if we die.
 * @throws AppError when it could not even be made
 */
export async function startProber(
  engine: EngineClient,
  vantage: Vantage,
  { image, operation, joining }: Wanted,
): Promise<ProberStart> {
  const name = nameOf(vantage, operation);
  const { id } = await createContainer(engine, bodyOf(vantage, image, operation), { name });
  const remove = async (): Promise<void> => void (await deleteContainer(engine, id));
  try {
    if (vantage.kind === 'attached') await attachMore(engine, id, vantage.networks);
    const start = (options: CallOptions): Promise<unknown> => startContainer(engine, id, options);
    await (vantage.kind === 'attached' ? joining.wait(vantage.host, start) : start({}));
    const places = await placesOf(engine, id, vantage);
    const run: Prober['run'] = (checks, timeoutMs) =>
      runProber(engine, id, ['/probe', ...probeArgs({ checks })], timeoutMs);
    const exec: Prober['exec'] = (argv, timeoutMs, onOutput) => execUntil(engine, id, { argv, timeoutMs, onOutput });
    return { prober: { host: vantage.host, id, name, places, run, exec, remove } };
  } catch (error) {
    if (error instanceof AppError) return { fault: error, removal: remove() };
    await remove();
    throw error;
  }
}

/** Engines take one network with a new container, and the others before it starts. */
async function attachMore(engine: EngineClient, id: string, networks: readonly { id: string }[]): Promise<void> {
  for (const network of networks.slice(1)) await connectNetwork(engine, network.id, { container: id });
}

async function placesOf(engine: EngineClient, id: string, vantage: Vantage): Promise<readonly Place[]> {
  if (vantage.kind === 'host') return [];
  if (vantage.kind === 'inside') return vantage.places;
  const { NetworkSettings } = await inspectContainer(engine, id);
  return vantage.networks.map(({ id: network, name }) => {
    const attached = Object.values(NetworkSettings.Networks).find(({ NetworkID }) => NetworkID === network);
    if (!attached?.IPAddress) throw withoutAddress(vantage.host, name);
    return { network: name, address: attached.IPAddress };
  });
}

/** Such a prober can neither ask nor be asked, and its host's checks would be missing without a word. */
const withoutAddress = (host: string, network: string): AppError =>
  new AppError('engine_error', `The engine of ${host} starts containers on ${network} without an address.`, {
    host,
    next: 'Run `flotilla verify` again.',
  });

interface Watched {
  argv: string[];
  timeoutMs: number;
  onOutput: (text: string) => void;
}

/** A program that still runs at the limit ends with its container. */
async function execUntil(engine: EngineClient, id: string, { argv, timeoutMs, onOutput }: Watched): Promise<void> {
  const exec = await createExec(engine, id, { Cmd: argv });
  try {
    await startExec(engine, exec, ({ data }) => onOutput(data.toString('utf8')), { timeoutMs });
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
  }
}

function nameOf(vantage: Vantage, operation: string): string {
  const where = vantage.kind === 'inside' ? vantage.containerId.slice(0, 6) : vantage.kind;
  return `flotilla-probe-${operation.slice(-8)}-${vantage.host}-${where}-${crypto.randomUUID().slice(0, 4)}`;
}

function bodyOf(vantage: Vantage, image: string, operation: string): EngineJson {
  return {
    Image: image,
    Cmd: probeArgs({ listen: [listenerOf(vantage)], stayMs }),
    Labels: { [probeLabel]: operation },
    HostConfig: {
      NetworkMode: networkModeOf(vantage),
      AutoRemove: true,
      RestartPolicy: { Name: 'no' },
      LogConfig: proberLog,
    },
  };
}

/** On the host's own network nobody is to reach the prober: a listener on loopback only keeps it alive. */
const listenerOf = (vantage: Vantage): ProbeListener =>
  vantage.kind === 'host' ? { proto: 'tcp', address: '127.0.0.1', port: 0 } : { proto: 'tcp', port: bulkPort };

function networkModeOf(vantage: Vantage): string {
  switch (vantage.kind) {
    case 'inside':
      return `container:${vantage.containerId}`;
    case 'attached':
      // By id: an engine that does not know the network yet takes a name like `a` for the start of another one's id.
      return vantage.networks[0]?.id ?? 'none';
    case 'host':
      return 'host';
  }
}

/**
 * Removes every prober on a host and waits until they are gone; returns how many. Only one verification runs on a
 * cluster at a time, so what is there was left by a worker that was killed, in this operation or an earlier one.
 */
export async function removeLeftProbers(engine: EngineClient): Promise<number> {
  const left = await listContainers(engine, { all: true, filters: { label: [probeLabel] } });
  await Promise.all(left.map((container) => deleteContainer(engine, container.Id)));
  return left.length;
}
