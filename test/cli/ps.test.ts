import { afterEach, beforeEach, expect, test } from 'vitest';
import { known, unknown } from '#core/observed.ts';
import type { Running } from '#core/running.ts';
import { nodeIdOf, swarmId } from '#core/testing/observations.ts';
import { addHosts } from '#test/api/demo.ts';
import { allGoesWell, createCliWorld, type CliWorld } from './cli-world.ts';

/* What was not seen is not what is not there: a look that could not see everything says so, to people and to scripts. */

let cli: CliWorld;
beforeEach(async () => {
  cli = await createCliWorld();
  await addHosts(cli.world.admin, 'h1', 'h2');
  cli.script = async (worker, plan) => {
    await worker.tell({ type: 'swarm', swarmId, nodes: { h1: nodeIdOf('h1'), h2: nodeIdOf('h2') } });
    await allGoesWell(worker, plan);
  };
  await cli.run('cluster', 'create', 'demo', '--manager', 'h1', '--worker', 'h2', '--yes');
});
afterEach(() => cli.close());

const node = { role: 'worker', availability: 'active', state: 'ready', message: '', reachability: null } as const;
const swarm: Running['swarm'] = known({
  manager: 'h1',
  nodes: ['h1', 'h2'].map((host) => ({ ...node, host, hostname: host, id: host, leader: false, engine: '28.5' })),
  services: [],
});
const idle = known({ containers: [], others: 0 });
const away = unknown('h2 (10.0.0.2:22) cannot be reached: it does not answer.', 'host_unreachable');
const sees = (running: Omit<Running, 'at'>): void => {
  cli.script = async (worker) => {
    await worker.tell({ type: 'running', running: { at: new Date().toISOString(), ...running } });
    await worker.end();
  };
};

test('everything was seen', async () => {
  sees({ swarm, hosts: { h1: idle, h2: idle } });
  expect(await cli.run('ps', 'demo')).toMatchObject({ code: 0, stderr: '' });
});

test.each([
  ['a host', { swarm, hosts: { h1: idle, h2: away } }, 'h2 could not be seen'],
  ['every manager', { swarm: away, hosts: { h1: idle, h2: idle } }, 'no manager answered'],
  ['both', { swarm: away, hosts: { h1: idle, h2: away } }, 'no manager answered, and h2 could not be seen'],
])(
  '%s was not: the rest is shown, it exits as a look at a host that is away, and says why',
  async (_, running, why) => {
    sees(running);
    const { code, stdout, stderr } = await cli.run('ps', 'demo');
    expect({ code, stderr }).toEqual({ code: 7, stderr: `! This is not all: ${why}.\n` });
    expect(stdout).toContain('Containers');
    const json = await cli.run('ps', 'demo', '--output', 'json');
    expect(json.code).toBe(7);
    expect(JSON.parse(json.stdout)).toMatchObject(running);
  },
);

test('a current revision that no apply has carried out whole is told', async () => {
  cli.script = async (worker, plan) => {
    await worker.tell({ type: 'step-started', step: plan?.steps[0]?.id ?? '' });
    await worker.end('failed', 'step_failed');
  };
  await cli.run('network', 'create', 'net1', '--mtu', '1500', '--yes');
  sees({ swarm, hosts: { h1: idle, h2: idle } });
  expect((await cli.run('ps', 'demo')).stdout).toContain(
    '\n! No apply of revision 2, which is current, has succeeded, so the cluster may not be as it says.',
  );
});

test('what the managers alone say is whole where a manager answers', async () => {
  sees({ swarm, hosts: { h1: idle, h2: away } });
  expect(await cli.run('node', 'ls', '--cluster', 'demo')).toMatchObject({ code: 0, stderr: '' });
});
