import { parseArgs } from 'node:util';
import { type Client, unwrap } from '#api/client.ts';
import { createLab } from '#lab/lab.ts';
import type { Lab } from '#lab/types.ts';
import type { Bench, BenchRun } from './bench.ts';
import type { Prepared } from './form/way.ts';
import { type ControlPlane, startControlPlane } from './tools/control-plane.ts';
import { addHosts, applySpec, ended, succeeded } from './tools/operation.ts';
import { quiet } from './tools/quiet.ts';
import { median, secondsOf } from './tools/statistics.ts';
import { wholeFrom } from './tools/whole.ts';
import { countChannels } from './verify/channels.ts';
import { prepareFloor } from './verify/floor.ts';
import { prepareNaive } from './verify/naive.ts';
import { clusterName, verifySpec } from './verify/spec.ts';
import { summariseVerify, type VerifyRound } from './verify/summary.ts';

/**
 * Verifies an overlay over N hosts (`--empty`: with nothing on it), every ordered pair, in turns with the same execs at
 * the engines' sockets; then once by hand (an SSH login per pair), once with a broken host, and once with the SSH
 * channels counted.
 */
export const verify: Bench = async (args, run) => {
  const { values } = parseArgs({
    args,
    options: {
      nodes: { type: 'string', default: '10' },
      rounds: { type: 'string', default: '5' },
      empty: { type: 'boolean', default: false },
      id: { type: 'string', default: 'bench-verify' },
    },
  });
  const [nodes, rounds] = [wholeFrom(values.nodes, 2), wholeFrom(values.rounds, 1)];
  const lab = await createLab({ id: values.id, hosts: nodes, log: run.say });
  try {
    const plane = await startControlPlane(lab.sshKeyFile);
    try {
      return await measure({ lab, plane, rounds, isEmpty: values.empty, run });
    } finally {
      await plane.close();
    }
  } finally {
    await lab.down();
  }
};

interface Site {
  lab: Lab;
  plane: ControlPlane;
  rounds: number;
  isEmpty: boolean;
  run: BenchRun;
}

async function measure({ lab, plane, rounds, isEmpty, run }: Site) {
  const { say, signal } = run;
  const timed = async (name: string, work: () => Promise<unknown>): Promise<number> => {
    signal.throwIfAborted();
    await quiet(signal);
    const seconds = await secondsOf(work);
    say(`${name.padEnd(16)}  ${seconds.toFixed(3)} s`);
    return seconds;
  };
  await addHosts(plane.client, lab);
  await applySpec(plane.client, verifySpec(lab, { isEmpty }));
  const firstVerifyS = await timed('first verify', () => verifyOnce(plane.client));
  const counted: VerifyRound[] = [];
  const preflights: number[] = [];
  for (let at = 0; at < rounds; at += 1) {
    // A worker that has just started: its connections are cold, as they are when somebody asks.
    await plane.restart();
    const verifyS = await timed('verify', () => verifyOnce(plane.client));
    preflights.push(await timed('preflight', () => preflightOnce(plane.client)));
    counted.push({ verify: verifyS, floor: await timed('floor', await oneTurn(prepareFloor(lab, { isEmpty }))) });
  }
  const naiveS = await timed('naive', await oneTurn(prepareNaive(lab)));
  const failedVerifyS = await brokenVerify(lab, plane.client, timed);
  await plane.stop();
  const channelsPerNode = await countChannels(lab, plane.folder, plane.token);
  const once = {
    nodes: lab.hosts.length,
    firstVerifyS,
    naiveS,
    failedVerifyS,
    channelsPerNode,
    preflightS: median(preflights),
  };
  return summariseVerify(counted, once);
}

/** Made ready before the clock runs, closed after it. */
async function oneTurn(preparing: Promise<Prepared>): Promise<() => Promise<void>> {
  const prepared = await preparing;
  return async () => {
    try {
      await prepared.form();
    } finally {
      await prepared.close();
    }
  };
}

const param = { cluster: clusterName };

async function requestVerify(client: Client): Promise<string> {
  const asked = client.v1.clusters[':cluster'].verify.$post({ param, json: { connectivity: 'full' } });
  return (await unwrap(asked)).id;
}

/** Of hosts that are nodes already: the same looks at hosts and pairs as before they join. */
async function preflightOnce(client: Client): Promise<unknown> {
  const asked = client.v1.clusters[':cluster'].preflight.$post({ param, json: {} });
  return ended(client, (await unwrap(asked)).id);
}

const verifyOnce = async (client: Client): Promise<unknown> => succeeded(client, await requestVerify(client));

/** How long it takes to be told of a host whose data path is closed in both directions. */
async function brokenVerify(
  lab: Lab,
  client: Client,
  timed: (name: string, work: () => Promise<unknown>) => Promise<number>,
): Promise<number> {
  const last = lab.hosts.at(-1);
  await last?.fault('vxlan');
  try {
    return await timed('broken verify', async () => {
      const { state, error } = await ended(client, await requestVerify(client));
      if (state !== 'failed')
        throw new Error(`a verification with a closed data path ${state}: ${error?.message ?? ''}`);
    });
  } finally {
    await last?.heal();
  }
}
