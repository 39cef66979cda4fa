import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { unwrap } from '#api/client.ts';
import type { SpecInput } from '#core/spec/spec.ts';
import type { Lab } from '#lab/types.ts';
import { type ControlPlane, startControlPlane } from './support/control-plane.ts';
import { appliedWhileKilled, secretsFolder } from './support/killed-worker.ts';
import type { Phase } from './support/kill-points.ts';
import { labForTest, type Marks, markEngines, takeDownWhole } from './support/lab-for-test.ts';
import { addHosts, propose, succeeded } from './support/operations.ts';

/**
 * A worker is killed again and again while it carries out one plan: once around each call that changes something, or
 * before the report of each step's end. Every time it is started again with its folder, and goes on. In the end the
 * operation has succeeded, and the engines' logs show that nothing was done twice.
 */
let lab: Lab;
beforeAll(async () => {
  lab = await labForTest({ id: 'worker-killed', hosts: 2 });
});
afterAll(async () => {
  if (lab !== undefined) await takeDownWhole(lab);
});

const spec: SpecInput = {
  cluster: 'demo',
  nodes: { h1: { role: 'manager' }, h2: { labels: { zone: 'a' } } },
  networks: { front: { attachable: true, subnet: '10.200.1.0/24' } },
  secrets: { key: { from: 'worker' } },
  configs: { site: { content: 'a site' } },
  services: {
    web: {
      image: 'nginx',
      networks: ['front'],
      ports: ['8080:80'],
      secrets: ['key'],
      configs: ['site'],
      deploy: { mode: 'global' },
    },
  },
  containers: { tool: { host: 'h2', image: 'busybox', command: 'sleep 1000', networks: ['front'] } },
};

/** Every call of the plan that changes something, one or two for each kind of step; as patterns. */
const calls = [
  'POST /swarm/init',
  'POST /swarm/join',
  'POST /nodes/[^/]+/update',
  'POST /networks/create',
  'POST /secrets/create',
  'POST /configs/create',
  'POST /services/create',
  'POST /images/create',
  String.raw`POST /containers/create\?name=tool`,
  'POST /containers/[^/]+/start',
  String.raw`POST /containers/create\?name=flotilla-probe`,
  'POST /exec/[^/]+/start',
];
const ends = [
  'prepare-host:h1',
  'prepare-host:h2',
  'init-swarm:h1',
  'join-worker:h2',
  'set-node:h2',
  'create-network:front',
  'create-secret:key',
  'create-config:site',
  'create-service:web',
  'run-container:tool',
  'verify',
  'end',
];

describe.each<[Phase, string[]]>([
  ['before the call', calls],
  ['with the call sent', calls],
  ['before the answer is read', calls],
  ['before the report', ends],
])('killed %s', (phase, points) => {
  let plane: ControlPlane;
  let marks: Marks;
  beforeAll(async () => {
    await lab.renew();
    marks = await markEngines(lab);
    plane = await startControlPlane();
    mkdirSync(secretsFolder(plane));
    writeFileSync(join(secretsFolder(plane), 'key'), 'a value');
    await addHosts(plane.api, lab.hosts);
  });
  afterAll(async () => {
    await plane?.close();
  });

  test('of every step, it goes on until all is done', async () => {
    await propose(plane.api, spec);
    const { result } = succeeded(await appliedWhileKilled(plane, lab, phase, points));
    expect(result).toMatchObject({ verdict: 'passed' });
  });

  test('the record holds together, and no prober is left', async () => {
    expect(await unwrap(plane.api.v1.audit.verify.$get({ query: {} }))).toMatchObject({ ok: true });
    for (const host of lab.hosts) {
      const { stdout } = await host.exec(['docker', 'ps', '--all', '--filter', 'label=io.flotilla.probe', '--quiet']);
      expect(stdout).toBe('');
    }
  });

  test('nothing was done twice', async () => {
    const { h1 = [], h2 = [] } = await marks.calls();
    const once = (list: string[], pattern: RegExp) => list.filter((call) => pattern.test(call)).length;
    expect({
      init: once(h1, /^POST \/swarm\/init/),
      join: once(h2, /^POST \/swarm\/join/),
      network: once(h1, /^POST \/networks\/create/),
      secret: once(h1, /^POST \/secrets\/create/),
      config: once(h1, /^POST \/configs\/create/),
      service: once(h1, /^POST \/services\/create/),
      container: once(h2, /^POST \/containers\/create\?name=tool/),
    }).toEqual({ init: 1, join: 1, network: 1, secret: 1, config: 1, service: 1, container: 1 });
  });
});
