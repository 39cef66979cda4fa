import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createClient, unwrap } from '#api/client.ts';
import { startApi } from '#api/node.ts';
import { addHosts } from '#test/api/demo.ts';
import { FakeWorker } from '#test/api/fake-worker.ts';
import { createCliWorld, type CliWorld } from './cli-world.ts';
import { runCli } from './run-cli.ts';

const demo = `cluster: demo
nodes:
  h1: { role: manager }
  h2: {}
  h3: {}
networks:
  net1: { attachable: true, subnet: 10.200.1.0/24, mtu: 1500 }
`;

let cli: CliWorld;
let file: string;
beforeEach(async () => {
  cli = await createCliWorld();
  await addHosts(cli.world.admin, 'h1', 'h2', 'h3');
  file = cli.file('demo.yaml', demo);
});
afterEach(() => cli.close());

const revisions = async () =>
  (await unwrap(cli.world.admin.v1.clusters[':cluster'].revisions.$get({ param: { cluster: 'demo' }, query: {} })))
    .items;

/** A promise that a test opens from outside. */
function gate(): { opened: Promise<void>; open: () => void } {
  const { promise, resolve } = Promise.withResolvers<void>();
  return { opened: promise, open: () => resolve() };
}

describe('apply', () => {
  test('shows the plan and a line per step on a pipe, without any control character', async () => {
    const { code, stdout, stderr } = await cli.run('apply', '-f', file, '--yes', '--reason', 'first');
    expect(stderr).toBe('');
    expect(stdout).toContain('Plan for cluster demo, revision 1: ');
    expect(stdout).toContain('create network net1 (overlay, attachable, 10.200.1.0/24, mtu 1500)');
    expect(stdout).toMatch(/^✓ +5 ms {2}h1: start the swarm demo/m);
    expect(stdout).toMatch(/^✓ Done: \d+ steps/m);
    expect(stdout).not.toMatch(/\p{Cc}(?<!\n)/u);
    expect(code).toBe(0);
  });

  test('takes the stacks of a spec from the Compose files that it names, beside it', async () => {
    const compose = 'services:\n  web: { image: nginx }\n';
    cli.file('shop.compose.yaml', compose);
    const spec = cli.file('stacks.yaml', `${demo}stacks:\n  shop: { compose: shop.compose.yaml }\n`);
    const { code, stdout } = await cli.run('apply', '-f', spec, '--yes');
    expect(stdout).toContain('create service shop_web');
    expect(code).toBe(0);
    cli.file('shop.compose.yaml', `${compose}  db: { image: redis, build: . , privileged: true }\n`);
    const wrong = await cli.run('plan', '-f', spec);
    expect(wrong.stderr).toContain('shop.compose.yaml:3 services.db.privileged: `privileged` is not accepted');
    const none = cli.file('none.yaml', `${demo}stacks:\n  shop: { compose: none.compose.yaml }\n`);
    expect((await cli.run('plan', '-f', none)).stderr).toContain('there is no such file');
  });

  test('takes the content of configs from the files that the spec names, beside it', async () => {
    const configs = 'configs:\n  site:\n    file: site.conf\nservices:\n  web: { image: nginx, configs: [site] }\n';
    const spec = cli.file('configs.yaml', `${demo}${configs}`);
    cli.file('site.conf', 'listen 80;\n');
    const { code, stdout } = await cli.run('apply', '-f', spec, '--yes');
    expect(stdout).toMatch(/create config site \(11 bytes, as site-[0-9a-f]{12}\)/);
    expect(code).toBe(0);
    const [made] = await revisions();
    expect(JSON.stringify(made)).not.toContain('listen 80;');
    const param = { cluster: 'demo', number: String(made?.number) };
    const whole = await unwrap(cli.world.admin.v1.clusters[':cluster'].revisions[':number'].$get({ param }));
    expect(whole.spec.configs).toEqual({ site: { content: 'listen 80;\n' } });
    cli.file('site.conf', 'a'.repeat(600_000));
    const long = await cli.run('plan', '-f', spec);
    expect(long.stderr).toContain(
      'configs.yaml:10 configs.site.content: has 600000 bytes; Swarm takes less than 500 KB',
    );
  });

  test('names every file of a config that cannot be read, with its line, and sends nothing', async () => {
    const configs = 'configs:\n  none: { file: none.conf }\n  bytes:\n    file: bytes.bin\n';
    const spec = cli.file('configs.yaml', `${demo}${configs}`);
    cli.file('bytes.bin', Buffer.from([0xff, 0xfe, 0x00]));
    const { code, stderr } = await cli.run('apply', '-f', spec, '--yes');
    expect(stderr).toContain('configs.yaml:9 configs.none.file: cannot read `none.conf`: there is no such file');
    expect(stderr).toContain('configs.yaml:11 configs.bytes.file: cannot read `bytes.bin`: it is not text in UTF-8');
    expect(code).toBe(2);
    expect((await unwrap(cli.world.admin.v1.clusters.$get())).items).toEqual([]);
  });

  test('a second time has nothing to do', async () => {
    await cli.run('apply', '-f', file, '--yes');
    const { code, stdout } = await cli.run('apply', '-f', file, '--yes');
    expect(stdout).toContain('nothing to do, the cluster is as the spec says.');
    expect(code).toBe(0);
    const drift = await cli.run('plan', '--cluster', 'demo');
    expect(drift).toMatchObject({ code: 0, stderr: '' });
    expect(drift.stdout).toContain('nothing to do');
    expect((await cli.run('plan')).stdout).toBe(drift.stdout);
    const only = await cli.run('apply', '--yes');
    expect(only).toMatchObject({ code: 0, stderr: '' });
    const again = await cli.run('apply', '--cluster', 'demo', '--yes');
    expect(again).toMatchObject({ code: 0, stderr: '' });
    expect(again.stdout).toContain('Plan for cluster demo, revision 1: nothing to do');
  });

  test('with --output json puts one document on the standard output and the progress beside it', async () => {
    const { code, stdout, stderr } = await cli.run('apply', '-f', file, '--yes', '-o', 'json');
    expect(JSON.parse(stdout)).toMatchObject({ kind: 'apply', state: 'succeeded', plan: { cluster: 'demo' } });
    expect(stderr).toContain('✓ Done: ');
    expect(code).toBe(0);
  });

  test('--quiet says nothing when all is well', async () => {
    expect(await cli.run('apply', '-f', file, '--yes', '--quiet')).toEqual({ code: 0, stdout: '', stderr: '' });
  });

  test('without a terminal and without --yes it refuses before anything is sent', async () => {
    const { code, stderr } = await cli.run('apply', '-f', file);
    expect(stderr).toContain('Add --yes to agree beforehand');
    expect(code).toBe(2);
    expect((await unwrap(cli.world.admin.v1.clusters.$get())).items).toEqual([]);
  });

  test('a dry run and a plan leave no proposal behind for the next edit to build on', async () => {
    const dry = await cli.run('apply', '-f', file, '--dry-run');
    expect(dry.stdout).toContain('Plan for cluster demo');
    expect(dry).toMatchObject({ code: 0 });
    await cli.run('plan', '-f', file);
    expect((await revisions()).map(({ state }) => state)).toEqual(['withdrawn', 'withdrawn']);
  });

  test('reads the spec from the standard input', async () => {
    expect(await runCli(['apply', '-f', '-', '--yes'], { env: cli.env, stdin: demo })).toMatchObject({ code: 0 });
  });
});

describe('a spec that is wrong', () => {
  test('is told with every place at once, each with its line, and nothing is sent', async () => {
    const bad = demo.replace('10.200.1.0/24', '10.200.1.5/24').replace('h2: {}', 'h2: { rle: worker }');
    const { code, stderr } = await cli.run('apply', '-f', cli.file('bad.yaml', bad), '--yes');
    expect(stderr).toContain('Error: bad.yaml is not a valid spec [invalid_spec]');
    expect(stderr).toMatch(/ {2}bad\.yaml:4 nodes\.h2\.rle: is not a known key.*role/);
    expect(stderr).toMatch(/ {2}bad\.yaml:7 networks\.net1\.subnet: /);
    expect(stderr).toContain('Done: Nothing was sent.');
    expect(code).toBe(2);
  });

  test('that is no YAML is told with line and column', async () => {
    const { code, stderr } = await cli.run('plan', '-f', cli.file('dup.yaml', `${demo}cluster: other\n`));
    expect(stderr).toContain('  dup.yaml:8: Map keys must be unique (column 1)');
    expect(code).toBe(2);
  });

  test('that the control plane refuses is told with lines too', async () => {
    const { code, stderr } = await cli.run(
      'apply',
      '-f',
      cli.file('more.yaml', demo.replace('h3: {}', 'h9: {}')),
      '--yes',
    );
    expect(stderr).toMatch(/ {2}more\.yaml:5 nodes\.h9: .*h9/);
    expect(stderr).toContain('flotilla host add');
    expect(code).toBe(2);
  });

  test('that is not there', async () => {
    const { code, stderr } = await cli.run('apply', '-f', '/nonexistent/x.yaml', '--yes');
    expect(stderr).toContain('Cannot read /nonexistent/x.yaml: there is no such file');
    expect(code).toBe(2);
  });
});

test('a Compose file where a spec is expected is told as one, and nothing is sent', async () => {
  const compose = cli.file('shop.compose.yaml', 'services: { web: { image: nginx, env_file: nowhere.env } }\n');
  for (const command of ['plan', 'apply', 'preflight']) {
    const { code, stderr } = await cli.run(command, '-f', compose, ...(command === 'apply' ? ['--yes'] : []));
    expect({ code, stderr }).toEqual({
      code: 2,
      stderr: expect.stringContaining(`flotilla stack deploy shop --compose ${compose}\``),
    });
  }
});

describe('an operation that does not succeed', () => {
  test('a failed step is shown where it happened, and the exit code is that of its cause', async () => {
    cli.script = async (worker, plan) => {
      const [first] = plan?.steps ?? [];
      if (first === undefined) throw new Error('no steps');
      const error = { code: 'port_taken', message: 'Port 2377 is taken', next: 'Free it.' };
      await worker.tell(
        { type: 'step-started', step: first.id },
        { type: 'step-ended', step: first.id, outcome: { kind: 'failed', error, findings: [] }, ms: 7 },
        { type: 'ended', state: 'failed', error: { ...error, host: 'h1', done: 'Nothing was changed.' } },
      );
    };
    const { code, stdout, stderr } = await cli.run('apply', '-f', file, '--yes');
    expect(stdout).toMatch(/^✗ +7 ms .*\n +Port 2377 is taken$/m);
    expect(stdout).toMatch(/^✗ Failed: 0 of \d+ steps done, \d+ not started/m);
    expect(stderr).toBe(
      'Error: Port 2377 is taken [port_taken]\n  Host: h1\n  Done: Nothing was changed.\n  Next: Free it.\n',
    );
    expect(code).toBe(1);
    expect(await cli.run('ops', 'watch', 'last')).toMatchObject({ code: 1 });
    expect((await cli.run('ops', 'show', 'last')).stdout).toContain('Port 2377 is taken');
  });

  test('Ctrl-C leaves it running and says how to come back to it', async () => {
    const { opened, open } = gate();
    cli.script = async (worker, plan) => {
      if (plan === null) throw new Error('no plan');
      await worker.tell(started('prepare-host:h1'), done('prepare-host:h1'));
      await opened;
      await worker.runSteps({ ...plan, steps: plan.steps.filter(({ id }) => id !== 'prepare-host:h1') });
      await worker.end();
    };
    const { process: child, untilShown, ended } = cli.start('apply', '-f', file, '--yes');
    await untilShown('h1: check that the host');
    child.kill('SIGINT');
    const { code, stderr } = await ended;
    expect(code).toBe(130);
    expect(stderr).toMatch(/Operation (op_\w+) goes on without this command\.\n`flotilla ops watch \1`/);
    open();
    expect(await cli.run('ops', 'watch', 'last')).toMatchObject({ code: 0 });
  });

  test('a control plane that goes away and comes back is waited for, and nothing is told twice', async () => {
    const { world } = cli;
    const { opened, open } = gate();
    cli.script = async (worker) => {
      await worker.tell(started('prepare-host:h1'), done('prepare-host:h1'));
      open();
    };
    const { untilShown, ended } = cli.start('apply', '-f', file, '--yes');
    await untilShown('h1: check that the host');
    await opened;
    const { port } = new URL(world.api.url);
    await world.api.close();
    await untilShown('The control plane does not answer');
    await using again = await restarted(world.dataDir, Number(port));
    await untilShown('The control plane answers again.');
    await again.finish();
    const { code, stdout } = await ended;
    expect(stdout.match(/h1: check that the host/g)).toHaveLength(1);
    expect(stdout).toMatch(/✓ Done: \d+ steps/);
    expect(code).toBe(0);
  });
});

const started = (step: string) => ({ type: 'step-started', step }) as const;
const done = (step: string) => ({ type: 'step-ended', step, outcome: { kind: 'done' }, ms: 5 }) as const;

/** The control plane again, on the same data and port, with the same worker, which does what is left. */
async function restarted(dataDir: string, port: number) {
  const api = await startApi({ dataDir, listen: { host: '127.0.0.1', port }, osUser: 'ada', onRing: () => undefined });
  const client = createClient({ baseUrl: api.url, token: api.workerToken, fetch: (request) => api.app.fetch(request) });
  return {
    async finish() {
      const people = createClient({ baseUrl: api.url, token: cli.world.adminToken });
      const [operation] = (await unwrap(people.v1.operations.$get({ query: {} }))).items;
      const worker = new FakeWorker(client);
      const { plan, ledger } = await worker.take(operation?.id ?? '');
      if (plan === null) throw new Error('no plan');
      await worker.runSteps({ ...plan, steps: plan.steps.filter(({ id }) => !Object.hasOwn(ledger, id)) });
      await worker.end();
    },
    [Symbol.asyncDispose]: () => api.close(),
  };
}
