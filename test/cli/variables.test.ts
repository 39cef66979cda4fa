import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { unwrap } from '#api/client.ts';
import { addHosts } from '#test/api/demo.ts';
import { createCliWorld, type CliWorld } from './cli-world.ts';
import { runCli } from './run-cli.ts';

let cli: CliWorld;
beforeEach(async () => {
  cli = await createCliWorld();
  await addHosts(cli.world.admin, 'h1', 'h2', 'h3');
});
afterEach(() => cli.close());

const createDemo = () =>
  cli.run('cluster', 'create', 'demo', '--manager', 'h1', '--worker', 'h2', '--worker', 'h3', '--yes');
const runWith = (env: Record<string, string>, ...args: string[]) => runCli(args, { env: { ...cli.env, ...env } });
const newestSpec = async () => {
  const route = cli.world.admin.v1.clusters[':cluster'].revisions;
  const param = { cluster: 'demo' };
  const { items } = await unwrap(route.$get({ param, query: {} }));
  return (await unwrap(route[':number'].$get({ param: { ...param, number: String(items[0]?.number) } }))).spec;
};
const newest = async () => (await newestSpec()).services['shop_web'];

const compose = `services:
  web:
    image: nginx:\${TAG:-1.0}
    command: [nginx, "-g", "$$x: \${ODD}"]
    environment:
      PASSWORD: \${PASSWORD:?say which}
    deploy:
      mode: \${MODE:-replicated}
      replicas: \${N:-1}
`;

describe('variables of a Compose file', () => {
  test('are filled in from the environment and from a file, and a number is a number', async () => {
    await createDemo();
    const file = cli.file('shop.compose.yaml', compose);
    const more = cli.file('shop.env', 'PASSWORD=from-the-file\nODD="a: b # c"\nTAG=0\n');
    const env = { TAG: '1.2', N: '2' };
    const made = await runWith(env, 'stack', 'deploy', 'shop', '--compose', file, '--env-file', more, '-y');
    expect(made).toMatchObject({ code: 0, stderr: '' });
    expect(made.stdout).not.toContain('from-the-file');
    expect(await newest()).toMatchObject({
      image: expect.stringMatching(/^nginx:1\.2\b/),
      command: ['nginx', '-g', '$x: a: b # c'],
      environment: { PASSWORD: 'from-the-file' },
      deploy: { replicas: 2 },
    });
  });

  test('that are not set are told by name, each with its line, and nothing is sent', async () => {
    await createDemo();
    const file = cli.file('shop.compose.yaml', compose);
    const wrong = await runWith({ PASSWORD: '' }, 'stack', 'deploy', 'shop', '--compose', file, '-y');
    expect(wrong.stderr).toContain('shop.compose.yaml has variables that cannot be filled in');
    expect(wrong.stderr).toContain(
      'shop.compose.yaml:4 services.web.command[2]: needs the variable `ODD`, which is not set and has no default',
    );
    expect(wrong.stderr).toContain(
      'shop.compose.yaml:6 services.web.environment.PASSWORD: needs the variable `PASSWORD`, which is empty: say which',
    );
    expect(wrong).toMatchObject({ code: 2, stdout: '' });
  });

  test('that are not set are told with all else that is wrong, and with the file beside it that may have them', async () => {
    await createDemo();
    const more = '    env_file: none.env\n    privileged: true\n  db: { build: ., ports: ["${PORT}:80"] }\n';
    const file = cli.file('shop.compose.yaml', compose + more);
    const beside = cli.file('.env', 'PORT=1\n');
    const { stderr } = await cli.run('stack', 'deploy', 'shop', '--compose', file, '-y');
    expect(stderr.match(/shop\.compose\.yaml:\d+ [^:]+/g)).toEqual([
      'shop.compose.yaml:4 services.web.command[2]',
      'shop.compose.yaml:6 services.web.environment.PASSWORD',
      'shop.compose.yaml:10 services.web.env_file',
      'shop.compose.yaml:11 services.web.privileged',
      'shop.compose.yaml:12 services.db.ports[0]',
      'shop.compose.yaml:12 services.db.build',
    ]);
    expect(stderr).toContain(`--env-file ${beside}.`);
  });

  test('are filled in for stacks of a spec, too; a refusal tells the place and not the value', async () => {
    cli.file('shop.compose.yaml', compose);
    const spec = cli.file(
      'demo.yaml',
      'cluster: demo\nnodes: { h1: { role: manager } }\nstacks:\n  shop: { compose: shop.compose.yaml }\n',
    );
    const env = { PASSWORD: 'hunter22', ODD: 'x', MODE: 'hunter22' };
    const wrong = await runWith(env, 'apply', '-f', spec, '-y');
    expect(wrong.stderr).toContain('shop.compose.yaml:8 services.web.deploy.mode: must be');
    expect(wrong.stderr).not.toContain('hunter22');
    expect(wrong.code).toBe(2);
    const bad = cli.file('bad.env', 'TAG=1\nnot a variable\n');
    expect((await runWith(env, 'plan', '-f', spec, '--env-file', bad)).stderr).toContain('is not a file of variables');
    const tag = await runWith({ ...env, MODE: 'replicated', TAG: 'Not A Tag' }, 'plan', '-f', spec);
    expect(tag.stderr).toContain('shop.compose.yaml:3 services.web.image: ');
    expect(tag.stderr).not.toContain('Not A Tag');
  });
});

describe('files of variables of a service', () => {
  const withFiles = `services:
  web:
    image: nginx
    env_file:
      - one.env
      - { path: two.env, required: false }
      - three.env
    environment: { C: own }
`;

  test('are put into its environment, which wins; a later file wins over an earlier one', async () => {
    await createDemo();
    cli.file('one.env', 'A=1\nB=1\nC=1\n# a comment\n');
    cli.file('three.env', "B='$not replaced'\n");
    const file = cli.file('shop.compose.yaml', withFiles);
    const made = await cli.run('stack', 'deploy', 'shop', '--compose', file, '-y');
    expect(made).toMatchObject({ code: 0, stderr: '' });
    expect(made.stdout).toMatch(/environment A=\*\*\* B=\*\*\* C=\*\*\*/);
    expect((await newest())?.environment).toEqual({ A: '1', B: '$not replaced', C: 'own' });
  });

  test('that are missing, or are no such files, are told with their line', async () => {
    await createDemo();
    cli.file('one.env', 'A is 1\n');
    const file = cli.file('shop.compose.yaml', withFiles);
    const wrong = await cli.run('stack', 'deploy', 'shop', '--compose', file, '-y');
    expect(wrong.stderr).toContain(
      'shop.compose.yaml:5 services.web.env_file[0]: `one.env` has lines that are not `NAME=value`',
    );
    expect(wrong.stderr).toContain(
      'shop.compose.yaml:7 services.web.env_file[2]: cannot read `three.env`: there is no such file',
    );
    expect(wrong).toMatchObject({ code: 2, stdout: '' });
  });

  test('go with services and containers of a spec as well, beside a list', async () => {
    cli.file('box.env', 'A=1\nB=2\n');
    const spec = cli.file(
      'demo.yaml',
      `cluster: demo
nodes: { h1: { role: manager } }
containers:
  box: { host: h1, image: busybox, env_file: box.env, environment: [A=own] }
`,
    );
    const made = await cli.run('apply', '-f', spec, '-y');
    expect(made).toMatchObject({ code: 0, stderr: '' });
    expect((await newestSpec()).containers['box']?.environment).toEqual({ A: 'own', B: '2' });
  });

  test('are refused by name over HTTP, where there is no folder', async () => {
    await createDemo();
    const json = {
      verb: 'stack deploy',
      args: { name: 'shop', compose: { services: { web: { image: 'nginx', env_file: 'a.env' } } } },
    };
    const call = cli.world.admin.v1.clusters[':cluster'].edits.$post({ param: { cluster: 'demo' }, json });
    await expect(unwrap(call)).rejects.toMatchObject({
      issues: [{ message: expect.stringContaining('`env_file` is not accepted: ') }],
    });
  });
});
