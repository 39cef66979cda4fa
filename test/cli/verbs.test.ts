import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { unwrap } from '#api/client.ts';
import type { Verification } from '#core/verification.ts';
import { addHosts } from '#test/api/demo.ts';
import { allGoesWell, createCliWorld, type CliWorld, type Script } from './cli-world.ts';

let cli: CliWorld;
beforeEach(async () => {
  cli = await createCliWorld();
  await addHosts(cli.world.admin, 'h1', 'h2', 'h3');
});
afterEach(() => cli.close());

const createDemo = () =>
  cli.run('cluster', 'create', 'demo', '--manager', 'h1', '--worker', 'h2', '--worker', 'h3', '--yes');

describe('the verbs', () => {
  test('make a cluster and a network on it, with flags from the table of edits', async () => {
    expect(await createDemo()).toMatchObject({ code: 0, stderr: '' });
    const made = await cli.run(
      'network',
      'create',
      'net1',
      '--attachable',
      '--subnet',
      '10.200.1.0/24',
      '--mtu',
      '1500',
      '-y',
    );
    expect(made).toMatchObject({ code: 0, stderr: '' });
    expect(made.stdout).toContain('create network net1 (overlay, attachable, 10.200.1.0/24, mtu 1500)');
    const { stdout } = await cli.run('network', 'ls', '-o', 'json');
    expect(JSON.parse(stdout)).toMatchObject({ net1: { attachable: true, subnet: '10.200.1.0/24', mtu: 1500 } });
    expect((await cli.run('network', 'ls')).stdout).toMatch(/^net1 +10\.200\.1\.0\/24 +yes +no +no +1500$/m);
    expect((await cli.run('cluster', 'show')).stdout).toContain('networks    net1');
  });

  test('that are refused tell which argument was wrong, and leave no proposal behind', async () => {
    await createDemo();
    const wrong = await cli.run('network', 'create', 'net1', '--subnet', '10.200.1.5/24', '-y');
    expect(wrong.stderr).toContain('networks.net1.subnet: ');
    expect(wrong).toMatchObject({ code: 2, stdout: '' });
    const twice = await cli.run('node', 'add', 'h2', '-y');
    expect(twice).toMatchObject({ code: 5 });
    const last = await cli.run('node', 'rm', 'h1', '-y');
    expect(last.stderr).toContain('h1 is the last manager');
    expect(last).toMatchObject({ code: 5 });
  });

  test('take a host out, and make a token anew', async () => {
    await createDemo();
    const removed = await cli.run('node', 'rm', 'h3', '-y');
    expect(removed).toMatchObject({ code: 0, stderr: '' });
    expect(removed.stdout).toContain('h3: leave the swarm\n');
    expect((await cli.run('host', 'ls')).stdout).toMatch(/^h3 .*(-|none)/m);
    const rotated = await cli.run('cluster', 'rotate-token', 'worker', '-y');
    expect(rotated.stdout).toContain('rotate the join token of workers');
    expect(await cli.run('cluster', 'rotate-token', 'nobody', '-y')).toMatchObject({ code: 2 });
    const again = await cli.run('node', 'add', 'h3', '-y');
    expect(again.stdout).not.toContain('rotate the join token');
  });

  test('go back to a revision that is named by its place or by its flag, and found in a list', async () => {
    await createDemo();
    await cli.run('network', 'create', 'net1', '--mtu', '1500', '-y');
    const back = await cli.run('rollback', '1', '-y');
    expect(back).toMatchObject({ code: 0, stderr: '' });
    expect(back.stdout).toContain('remove network net1');
    const again = await cli.run('rollback', '--to', '2', '-y');
    expect(again.stdout).toContain('create network net1');
    const { stdout } = await cli.run('cluster', 'revisions');
    expect(stdout.split('\n').map((line) => line.trim().split(/ {2,}/).slice(0, 4))).toEqual([
      ['REVISION', 'STATE', 'APPLIED', 'CHANGE'],
      ['4', 'current', 'whole', 'rollback'],
      ['3', 'superseded', 'whole', 'rollback'],
      ['2', 'superseded', 'whole', 'network create'],
      ['1', 'superseded', 'whole', 'cluster create'],
      [''],
    ]);
    const unsaid = await cli.run('rollback', '-y');
    expect(unsaid.stderr).toContain('Error: The number of the revision to go back to is missing');
    expect(unsaid.stderr).toContain('`flotilla cluster revisions` lists them.');
    expect(unsaid.code).toBe(2);
    expect((await cli.run('rollback', '1', '--to', '2', '-y')).stderr).toContain('The command says 1 and --to says 2');
    const none = await cli.run('rollback', '9', '-y');
    expect(none.stderr).toMatch(
      /There is no revision 9 of demo \[not_found\]\n +Next: List them: `flotilla cluster revisions demo`/,
    );
  });

  test('deploy a Compose file as a stack, and tell the line of what is wrong in it', async () => {
    await createDemo();
    const compose = 'services:\n  web:\n    image: nginx\n    ports: ["8090:80"]\n';
    const file = cli.file('shop.compose.yaml', compose);
    const made = await cli.run('stack', 'deploy', 'shop', '--compose', file, '-y');
    expect(made).toMatchObject({ code: 0, stderr: '' });
    expect(made.stdout).toContain('create network shop_default');
    expect(made.stdout).toContain('create service shop_web');
    expect((await cli.run('cluster', 'show')).stdout).toContain('stacks      shop');
    expect((await cli.run('stack', 'ls')).stdout).toMatch(/^shop +shop_web +shop_default$/m);
    const services = await cli.run('service', 'ls');
    expect(services.stdout).toMatch(/^shop_web +1 +nginx.* 8090:80\/tcp +shop_default +shop$/m);
    expect((await cli.run('container', 'ls')).stdout).toContain('demo has no standalone containers.');
    cli.file('shop.compose.yaml', `${compose}    privileged: true\n`);
    const wrong = await cli.run('stack', 'deploy', 'shop', '--compose', file, '-y');
    expect(wrong.stderr).toContain('shop.compose.yaml:5 services.web.privileged: `privileged` is not accepted');
    expect(wrong).toMatchObject({ code: 2, stdout: '' });
    expect(await cli.run('stack', 'rm', 'shpo', '-y')).toMatchObject({ code: 3 });
    expect((await cli.run('stack', 'rm', 'shop', '-y')).stdout).toContain('remove service shop_web');
  });

  test('deploy a Compose file that was written for one machine, and note what means nothing in a swarm', async () => {
    await createDemo();
    const text = (more: string) =>
      `services:\n  web: { image: nginx, restart: always, depends_on: [db]${more} }\n  db: { image: redis, expose: [6379], volumes: ["data:/data"] }\nvolumes: { data: }\n`;
    const deploy = (more = '') =>
      cli.run('stack', 'deploy', 'shop', '--compose', cli.file('shop.compose.yaml', text(more)), '-y');
    const notes = ({ stdout }: { stdout: string }) =>
      [...stdout.matchAll(/^i (Stack shop: `\w+` of [\w, ]+ is left out)/gm)].map(([, note]) => note);
    const first = await deploy();
    expect(first).toMatchObject({ code: 0, stderr: '' });
    expect(notes(first)).toEqual([
      'Stack shop: `depends_on` of web is left out',
      'Stack shop: `expose` of db is left out',
    ]);
    expect(first.stdout).toMatch(/create service shop_db .*\n +volume shop_data at \/data\n/);
    const again = await deploy();
    expect(again.stdout).toContain('nothing to do');
    expect(notes(again)).toEqual(notes(first));
    const other = await deploy(', attach: false');
    expect(other.stdout).toContain('nothing to do');
    expect(notes(other)).toEqual(['Stack shop: `attach` of web is left out']);
    const elsewhere = await cli.run('service', 'create', 'lonely', '--image', 'nginx', '-y');
    expect([elsewhere.code, notes(elsewhere)]).toEqual([0, []]);
  });

  test('deploy a stack with configs from files that lie beside its Compose file', async () => {
    await createDemo();
    cli.file('site.conf', 'listen 80;\n');
    const compose = 'services:\n  web: { image: nginx, configs: [site] }\nconfigs:\n  site: { file: ./site.conf }\n';
    const file = cli.file('shop.compose.yaml', compose);
    const made = await cli.run('stack', 'deploy', 'shop', '--compose', file, '-y');
    expect(made).toMatchObject({ code: 0, stderr: '' });
    expect(made.stdout).toMatch(/create config shop_site \(11 bytes, as shop_site-[0-9a-f]{12}\)/);
    cli.file('site.conf', 'listen 8080;\n');
    const again = await cli.run('stack', 'deploy', 'shop', '--compose', file, '-y');
    expect(again.stdout).toMatch(/update service shop_web: configs \(site shop_site-[0-9a-f]{12}, .* → shop_site-/);
    expect(again.stdout).toMatch(/remove config shop_site-[0-9a-f]{12}/);
    cli.file('site.conf', '');
    const wrong = await cli.run('stack', 'deploy', 'shop', '--compose', file, '-y');
    expect(wrong.stderr).toContain(
      'shop.compose.yaml:4 configs.site.content: is empty, and Swarm takes no empty config',
    );
  });

  test('name the cluster when there are several', async () => {
    await addHosts(cli.world.admin, 'h4');
    for (const [name, manager] of [
      ['demo', 'h1'],
      ['other', 'h4'],
    ] as const) {
      const json = { verb: 'cluster create', args: { name, manager: [manager] } };
      await unwrap(cli.world.admin.v1.clusters[':cluster'].edits.$post({ param: { cluster: name }, json }));
    }
    const { code, stderr } = await cli.run('network', 'create', 'net1', '-y');
    expect(stderr).toContain('Name one of: demo, other.');
    expect(code).toBe(2);
  });

  test('stop after the plan with --dry-run', async () => {
    await createDemo();
    const { code, stdout } = await cli.run(
      'service',
      'create',
      'web',
      '--image',
      'nginx',
      '-p',
      '8080:80',
      '--dry-run',
    );
    expect(stdout).toContain('create service web');
    expect(code).toBe(0);
    expect((await cli.run('network', 'create', 'net1', '--dry-run')).stdout).not.toContain('create service web');
  });
});

const verification: Verification = {
  startedAt: '2026-11-24T00:00:00Z',
  seconds: 1.5,
  verdict: 'failed',
  nodes: ['h1', 'h2'],
  sampled: false,
  pairs: [
    { from: 'h1', to: 'h2', result: 'failed', rttMs: null },
    { from: 'h2', to: 'h1', result: 'ok', rttMs: 0.4 },
  ],
  checks: [],
  findings: [
    {
      id: 'data-path-blocked',
      severity: 'error',
      message: 'UDP 4789 does not arrive',
      hosts: ['h1', 'h2'],
      direction: { from: 'h1', to: 'h2' },
      evidence: [],
      fix: 'Open UDP 4789 on h2.',
      confidence: 'certain',
      consequenceOf: null,
      symptom: false,
    },
  ],
};

const failsVerification: Script = async (worker) => {
  const error = { code: 'verification_failed', message: 'Containers do not reach each other.' };
  await worker.tell({ type: 'verification', verification }, { type: 'ended', state: 'failed', error });
};

describe('verify', () => {
  test('shows the matrix and the cause, and exits 8 when it failed', async () => {
    await createDemo();
    cli.script = failsVerification;
    const { code, stdout } = await cli.run('verify');
    expect(stdout).toContain('from \\ to  h1     h2\nh1         -      ✗\nh2         ✓ 0.4  -\n');
    expect(stdout).toContain('✗ h1 → h2: UDP 4789 does not arrive [data-path-blocked]\n    Fix: Open UDP 4789 on h2.');
    expect(code).toBe(8);
    const json = await cli.run('verify', 'demo', '-o', 'json');
    expect(JSON.parse(json.stdout)).toEqual(verification);
    expect(json).toMatchObject({ code: 8 });
    expect((await cli.run('ops', 'show', 'last')).stdout).toContain('✗ h1 → h2: UDP 4789 does not arrive');
  });

  test('that could not see everything is no proof, though nothing failed', async () => {
    await createDemo();
    cli.script = async (worker) => {
      await worker.tell({
        type: 'verification',
        verification: { ...verification, verdict: 'incomplete', findings: [] },
      });
      await worker.end();
    };
    const { code, stdout } = await cli.run('verify');
    expect(stdout).toContain('? Verification incomplete: not everything could be seen');
    expect(code).toBe(8);
  });

  test('of a network that is not there is refused', async () => {
    await createDemo();
    expect(await cli.run('verify', '--network', 'nope')).toMatchObject({ code: 3, stdout: '' });
  });
});

describe('what was done', () => {
  test('is listed as operations and as audit events, and the record is checked', async () => {
    await createDemo();
    const ops = await cli.run('ops', 'ls');
    expect(ops.stdout).toMatch(/^op_\w{26} {2}apply revision 1 of demo {2}succeeded {2}ada {2}/m);
    const id = /op_\w+/.exec(ops.stdout)?.[0] ?? '';
    expect((await cli.run('ops', 'show', id.slice(-6))).stdout).toContain(id);
    const audit = await cli.run('audit', 'ls', '--cluster', 'demo');
    expect(audit.stdout).toMatch(/ada \(cli\) +operation\.requested +intent +demo +operation/);
    expect(await cli.run('audit', 'verify')).toMatchObject({ code: 0 });
    const me = await cli.run('whoami', '-o', 'json');
    expect(JSON.parse(me.stdout)).toMatchObject({ role: 'admin', actor: { name: 'ada' } });
  });

  test('in part only is told where a cluster is looked at, until it is done', async () => {
    await createDemo();
    const stops: Script = async (worker, plan) => {
      await worker.tell({ type: 'step-started', step: plan?.steps[0]?.id ?? '' });
      await worker.end('failed', 'step_failed');
    };
    cli.script = stops;
    await cli.run('network', 'create', 'net1', '--mtu', '1500', '-y');
    const told = '! No apply of revision 2, which is current, has succeeded, so the cluster may not be as it says.';
    expect((await cli.run('cluster', 'show')).stdout).toContain(told);
    cli.script = allGoesWell;
    expect(await cli.run('apply', '-y')).toMatchObject({ code: 0 });
    expect((await cli.run('cluster', 'show')).stdout).not.toContain('No apply of');
  });

  test('can be retried and cancelled only where that makes sense', async () => {
    await createDemo();
    const applied = /op_\w+/.exec((await cli.run('ops', 'ls', '--kind', 'apply')).stdout)?.[0] ?? 'none';
    expect(await cli.run('plan', '--cluster', 'demo')).toMatchObject({ code: 0 });
    expect(await cli.run('ops', 'retry', 'last')).toMatchObject({ code: 5, stderr: expect.stringContaining(applied) });
    expect(await cli.run('ops', 'cancel', 'last')).toMatchObject({ code: 5 });
    expect(await cli.run('ops', 'watch', 'zzzzzz')).toMatchObject({ code: 3 });
    // As a pipeline has it whose change was refused: `ops watch "$(jq -r .id deploy.json)"`.
    const nothing = await cli.run('ops', 'watch', '');
    expect(nothing).toMatchObject({ code: 2, stderr: expect.stringContaining('The id of the operation is empty') });
  });
});
