import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { SpecInput } from '#core/spec/spec.ts';
import type { LabHost } from '#lab/types.ts';
import { until } from '#lab/wait.ts';
import { markEngines } from './support/lab-for-test.ts';
import { applied, applySpec } from './support/operations.ts';
import { createStage, type Stage } from './support/stage.ts';
import { linesOf } from './support/verifications.ts';

/** What is not ours stays as it is; and three managers, of which the first goes away. */
let stage: Stage;
beforeAll(async () => {
  stage = await createStage({ id: 'not-ours', hosts: 3 });
});
afterAll(async () => {
  await stage?.close();
});

const base: SpecInput = {
  cluster: 'demo',
  nodes: { h1: { role: 'manager' }, h2: { role: 'manager' }, h3: { role: 'manager' } },
  verify: { connectivity: 'none' },
};

async function docker(host: LabHost, ...args: string[]): Promise<string> {
  const { code, stdout, stderr } = await host.exec(['docker', ...args]);
  if (code !== 0) throw new Error(stderr);
  return stdout.trim();
}

describe('a host in a swarm of somebody else', () => {
  test('stops the plan before anything is done on any host', async () => {
    const { api, lab } = stage;
    await docker(lab.host('h3'), 'swarm', 'init', '--advertise-addr', lab.host('h3').address);
    const marks = await markEngines(lab);
    const { state, error } = await applySpec(api, base);
    expect({ state, code: error?.code, host: error?.host }).toEqual({
      state: 'blocked',
      code: 'in_other_swarm',
      host: 'h3',
    });
    expect(await marks.calls()).toEqual({});
    await docker(lab.host('h3'), 'swarm', 'leave', '--force');
  });
});

describe('a swarm of ours', () => {
  test('is formed with three managers, who join one after the other', async () => {
    const { api, lab } = stage;
    const { plan } = await applied(api, base);
    expect(plan?.steps.find(({ id }) => id === 'join-manager:h3')?.after).toContain('join-manager:h2');
    expect(await docker(lab.host('h1'), 'node', 'ls', '--filter', 'role=manager', '--format', '{{.Status}}')).toBe(
      'Ready\nReady\nReady',
    );
  });

  test('a network, a service and a container of the same name without our label are refused and untouched', async () => {
    const { api, lab } = stage;
    const [h1, h2] = [lab.host('h1'), lab.host('h2')];
    const made = [
      await docker(h1, 'network', 'create', '--driver', 'overlay', 'theirs'),
      await docker(h1, 'service', 'create', '--detach', '--quiet', '--name', 'theirs', 'nginx'),
      await docker(h2, 'run', '--detach', '--name', 'theirs', 'nginx'),
    ];
    const wanted: SpecInput[] = [
      { ...base, networks: { theirs: { attachable: true } } },
      { ...base, services: { theirs: { image: 'nginx' } } },
      { ...base, containers: { theirs: { host: 'h2', image: 'nginx' } } },
    ];
    for (const spec of wanted) {
      const marks = await markEngines(lab);
      const { state, error } = await applySpec(api, spec);
      expect({ state, code: error?.code }).toEqual({ state: 'blocked', code: 'not_ours' });
      expect(await marks.calls()).toEqual({});
    }
    expect([
      await docker(h1, 'network', 'inspect', '--format', '{{.Id}}', 'theirs'),
      await docker(h1, 'service', 'inspect', '--format', '{{.ID}}', 'theirs'),
      await docker(h2, 'inspect', '--format', '{{.Id}}', 'theirs'),
    ]).toEqual(made);
  });

  test('removing what is ours leaves what is not, be it on the same network or host', async () => {
    const { api, lab } = stage;
    await applied(api, {
      ...base,
      networks: { ours: { attachable: true, subnet: '10.201.1.0/24', mtu: 1500 } },
      services: { ours: { image: 'nginx', networks: ['ours'] } },
      containers: { 'ours-too': { host: 'h2', image: 'nginx', networks: ['ours'] } },
    });
    const namesOf = (host: LabHost, ...args: string[]) => linesOf(host, ['docker', ...args]);
    const there = async () => ({
      networks: await namesOf(lab.host('h1'), 'network', 'ls', '--filter', 'driver=overlay', '--format', '{{.Name}}'),
      services: await namesOf(lab.host('h1'), 'service', 'ls', '--format', '{{.Name}} {{.Replicas}}'),
      containers: await namesOf(
        lab.host('h2'),
        'ps',
        '--all',
        '--filter',
        'name=ours|theirs',
        '--format',
        '{{.Names}} {{.State}}',
      ),
    });
    expect((await there()).networks.toSorted()).toEqual(['ingress', 'ours', 'theirs']);
    await applied(api, base);
    const { networks, services, containers } = await there();
    expect(networks.toSorted()).toEqual(['ingress', 'theirs']);
    expect(services).toEqual(['theirs 1/1']);
    expect(containers.filter((container) => !container.includes('.'))).toEqual(['theirs running']);
  });

  test('when the manager that leads is away, the next one is asked', async () => {
    const { api, lab } = stage;
    await lab.host('h1').stopEngine();
    const { plan } = await applied(api, {
      ...base,
      networks: { later: { attachable: true, subnet: '10.201.2.0/24', mtu: 1500 } },
    });
    expect(plan?.warnings.map(({ id }) => id)).toContain('host-not-seen');
    expect(await docker(lab.host('h2'), 'network', 'ls', '--filter', 'name=later', '--format', '{{.Name}}')).toBe(
      'later',
    );
    await lab.host('h1').startEngine();
  });

  test('when the manager that leads hangs and answers nothing, the next one is asked as well', async () => {
    const { api, lab } = stage;
    await until('three managers are reachable again', async () => (await managersReady(lab.host('h2'))) === 3);
    const frozen = lab.host(await leaderSeenFrom(lab.host('h2')));
    const seenFrom = lab.host(frozen.name === 'h3' ? 'h2' : 'h3');
    await frozen.fault('engine-frozen');
    await until(
      'the others have another leader',
      async () => !['', frozen.name].includes(await leaderSeenFrom(seenFrom)),
      { limitMs: 90_000 },
    );
    const nets = { later: { attachable: true, subnet: '10.201.2.0/24', mtu: 1500 } };
    const next = { ...nets, last: { attachable: true, subnet: '10.201.3.0/24', mtu: 1500 } };
    const { plan, steps } = await applied(api, { ...base, networks: next });
    expect(plan?.warnings).toMatchObject([{ id: 'host-not-seen', hosts: [frozen.name] }]);
    expect(steps.map(({ step, outcome }) => `${step.id} ${outcome?.kind}`)).toEqual(['create-network:last done']);
    await frozen.heal('engine-frozen');
  });
});

/** None while they have no leader. */
const managersReady = async (host: LabHost): Promise<number> =>
  (await host.exec(['docker', 'node', 'ls', '--format', '{{.Status}} {{.ManagerStatus}}'])).stdout
    .split('\n')
    .filter((line) => /^Ready (Leader|Reachable)$/.test(line)).length;

/** The name of the manager that leads. While the managers look for one, they do not answer. */
async function leaderSeenFrom(host: LabHost): Promise<string> {
  const { stdout } = await host.exec(['docker', 'node', 'ls', '--format', '{{.Hostname}} {{.ManagerStatus}}']);
  return /^(\S+) Leader$/m.exec(stdout)?.[1] ?? '';
}
