import type { SpecInput } from '#core/spec/spec.ts';
import type { Lab } from '#lab/types.ts';
import { type ControlPlane, startControlPlane } from '../tools/control-plane.ts';
import { addHosts, applySpec } from '../tools/operation.ts';
import { connectionsSeen } from '../tools/handshakes.ts';
import { secondsOf } from '../tools/statistics.ts';
import { dataPathPort, network, type Prepared } from './way.ts';

/** Applies with nothing to do, and what the operation that formed the swarm cost in handshakes. */
export interface FlotillaExtras {
  /** Seconds of each apply with nothing to do on the process that formed the swarm. */
  noopWarmS: number[];
  /** Seconds of each apply with nothing to do that was the first act of a new process. */
  noopColdS: number[];
  handshakesPerHost: number;
}

export interface PreparedFlotilla extends Prepared {
  /** Measures the rest; after `form`. */
  extras: () => Promise<FlotillaExtras>;
}

const repeats = { warm: 3, cold: 2 };

/** A new `flotilla up` with a new data folder that knows the hosts and their keys and has never connected to one. */
export async function prepareFlotilla(lab: Lab): Promise<PreparedFlotilla> {
  const plane = await startControlPlane(lab.sshKeyFile);
  try {
    await addHosts(plane.client, lab);
    const before = await connectionsSeen(lab);
    const spec = specFor(lab);
    let handshakesPerHost = NaN;
    return {
      form: async () => {
        await applySpec(plane.client, spec);
      },
      extras: async () => {
        handshakesPerHost = ((await connectionsSeen(lab)).size - before.size) / lab.hosts.length;
        return { handshakesPerHost, ...(await noops(plane, spec)) };
      },
      close: plane.close,
    };
  } catch (error) {
    await plane.close();
    throw error;
  }
}

/** As a user writes it, without a word on what has a default; verification is measured apart. */
const specFor = (lab: Lab): SpecInput => ({
  cluster: 'bench',
  swarm: { data_path_port: dataPathPort },
  nodes: Object.fromEntries(lab.hosts.map(({ name }, at) => [name, { role: at === 0 ? 'manager' : 'worker' }])),
  networks: { [network]: { attachable: true } },
  verify: { connectivity: 'none' },
});

async function noops(plane: ControlPlane, spec: SpecInput): Promise<Pick<FlotillaExtras, 'noopWarmS' | 'noopColdS'>> {
  const noopWarmS: number[] = [];
  const noopColdS: number[] = [];
  for (let count = 0; count < repeats.warm; count += 1) noopWarmS.push(await noop(plane, spec));
  for (let count = 0; count < repeats.cold; count += 1) {
    await plane.restart();
    noopColdS.push(await noop(plane, spec));
  }
  return { noopWarmS, noopColdS };
}

async function noop(plane: ControlPlane, spec: SpecInput): Promise<number> {
  return secondsOf(async () => {
    const { id, steps } = await applySpec(plane.client, spec);
    const changes = steps.filter(({ outcome }) => outcome?.kind !== 'already-done');
    if (changes.length > 0)
      throw new Error(`${id} had something to do: ${changes.map(({ step }) => step.id).join(', ')}`);
  });
}
