import { afterAll, beforeAll, expect, test } from 'vitest';
import { unwrap } from '#api/client.ts';
import type { SpecInput } from '#core/spec/spec.ts';
import type { Lab } from '#lab/types.ts';
import { type ControlPlane, startControlPlane } from './support/control-plane.ts';
import { formingCalls } from './support/forming-calls.ts';
import { startWorkerProcess } from './support/killed-worker.ts';
import type { Phase } from './support/kill-points.ts';
import { labForTest, type Marks, markEngines, takeDownWhole } from './support/lab-for-test.ts';
import { addHosts, ended, propose, requestApply, succeeded } from './support/operations.ts';
import { linesOf } from './support/verifications.ts';

/**
 * A worker is killed when it has told a host to join while the init of the swarm is not answered yet. Started again it
 * goes on from the record, which knows of neither, and the engines' logs show that nothing was done twice.
 */
let lab: Lab;
beforeAll(async () => {
  lab = await labForTest({ id: 'early-join-killed', hosts: 2 });
});
afterAll(async () => {
  if (lab !== undefined) await takeDownWhole(lab);
});

const spec: SpecInput = {
  cluster: 'demo',
  nodes: { h1: { role: 'manager' }, h2: {} },
  networks: { front: { attachable: true, subnet: '10.200.1.0/24' } },
};

/** Most engines tell their tokens early enough, and not every time. */
const triesMax = 8;

test.each<Phase>(['before the call', 'with the call sent', 'before the answer is read'])(
  'killed %s of a join beside the init, it goes on until all is done, once',
  async (phase) => {
    let formed: Formed | null = null;
    for (let tries = 0; tries < triesMax && formed === null; tries += 1) formed = await killedBesideInit(phase);
    expect(formed).toEqual({
      calls: { init: 1, join: 1, network: 1, service: 0 },
      nodes: ['h1 Ready', 'h2 Ready'],
      recordHolds: true,
    });
  },
);

interface Formed {
  calls: Awaited<ReturnType<typeof formingCalls>>;
  nodes: string[];
  recordHolds: boolean;
}

/** One try on fresh engines: null when the join came after the init, so that nobody was killed. */
async function killedBesideInit(phase: Phase): Promise<Formed | null> {
  await lab.renew();
  const marks = await markEngines(lab);
  const plane = await startControlPlane();
  try {
    await addHosts(plane.api, lab.hosts);
    await propose(plane.api, spec);
    const end = ended(plane.api, await requestApply(plane.api, 'demo', { preflight: 'skip' }));
    const points = ['POST /swarm/join'];
    const first = startWorkerProcess(plane, lab, { phase, points, besides: 'POST /swarm/init' });
    try {
      const met = await Promise.race([first.killed(), end.then(() => null)]);
      if (met === null) return null;
    } finally {
      await first.end();
    }
    return await formedBy(plane, marks, end);
  } finally {
    await plane.close();
  }
}

/** Starts the worker again, waits until it is done, and tells what has come of it. */
async function formedBy(plane: ControlPlane, marks: Marks, end: ReturnType<typeof ended>): Promise<Formed> {
  const second = startWorkerProcess(plane, lab, { phase: 'before the call', points: [] });
  try {
    succeeded(await end);
  } finally {
    await second.end();
  }
  const nodes = ['docker', 'node', 'ls', '--format', '{{.Hostname}} {{.Status}}'];
  return {
    calls: await formingCalls(marks),
    nodes: (await linesOf(lab.host('h1'), nodes)).toSorted(),
    recordHolds: (await unwrap(plane.api.v1.audit.verify.$get({ query: {} }))).ok,
  };
}
