import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { exitCodeOf } from '#core/errors.ts';
import { demoWithWeb, fromGithub, published } from '#test/api/hooks.ts';
import { createCliWorld, type CliWorld } from './cli-world.ts';

let cli: CliWorld;
beforeAll(async () => {
  cli = await createCliWorld();
});
afterAll(() => cli.close());

const rules = `
- event: registry_package
  action: published
  repository: '7'
  cluster: demo
  command: service update web --image ghcr.io/acme/web@{digest}
`;

test.each([
  ['webhooks ls', 'Nobody may send webhooks yet.'],
  ['webhooks deliveries', 'No webhook that fits has come.'],
  ['webhooks targets', 'Nobody is told of events yet.'],
  ['webhooks messages', 'No message that fits was sent or waits.'],
  ['ci trusts', 'No run comes in without a secret yet.'],
])('%s says in words that there is nothing', async (command, none) => {
  expect((await cli.run(...command.split(' '))).stdout).toContain(none);
});

test('a source is added from a file, shown, rolled and removed; its secret is alone on the standard output', async () => {
  await demoAppliedIn(cli);
  const file = cli.file('rules.yaml', rules);
  const added = await cli.run('webhooks', 'add', 'github', '--kind', 'github', '-f', file);
  expect(added).toMatchObject({ code: 0, stdout: expect.stringMatching(/^whsec_\S+\n$/) });
  const path = /\/hooks\/whk_\w+/.exec(added.stderr)?.[0] ?? '';
  expect((await cli.run('webhooks', 'ls')).stdout).toContain(path);
  expect((await cli.run('webhooks', 'show', 'github')).stdout).toContain(
    'on registry_package of 7, action published: service update web --image ghcr.io/acme/web@{digest}, in demo',
  );
  const source = { source: { path, name: 'github' }, secret: added.stdout.trim() };
  expect((await deliver(source, published('ab'))).status).toBe(202);
  expect((await deliver(source, published('ab'))).status).toBe(200);
  expect((await deliver({ ...source, secret: 'wrong' }, published('cd'))).status).toBe(401);
  const listed = (await cli.run('webhooks', 'deliveries')).stdout;
  expect(listed).toMatch(/accepted, again 1×/);
  expect(listed).toMatch(/refused .*The signature is not that/);
  const id = /dlv_\w+(?= +github +\S+ ago +accepted)|dlv_\w+(?=.*accepted)/.exec(listed)?.[0] ?? '';
  expect(await cli.run('webhooks', 'replay', id.slice(-8))).toMatchObject({
    code: 0,
    stdout: expect.stringContaining('op_'),
  });
  const rolled = await cli.run('webhooks', 'roll', 'github', '--overlap', '0');
  expect(rolled.stdout).not.toBe(added.stdout);
  expect(rolled.stderr).toContain('The secret before it is over.');
  expect((await deliver(source, published('ef'))).status).toBe(401);
  expect(await cli.run('webhooks', 'rm', 'github', '-y')).toMatchObject({ code: 0, stdout: 'github is removed.\n' });
});

describe('rules that are wrong are refused with their lines, and no source is made', () => {
  const added = async (text: string, kind = 'github') => {
    const file = cli.file('wrong.yaml', text);
    return cli.run('webhooks', 'add', 'other', '--kind', kind, '-f', file);
  };

  test.each([
    ['a command that is none', rules.replace('service update', 'service updat'), 'wrong.yaml:6 [0].command'],
    ['an unknown key', `${rules}  branch: main`, 'wrong.yaml:7 [0].branch: is not a known key'],
    [
      'an id that is not in quotes',
      rules.replace("'7'", '7'),
      'wrong.yaml:4 [0].repository: must be text, not a number',
    ],
    ['no cluster', rules.replace('  cluster: demo\n', ''), 'wrong.yaml:2 [0].cluster: is missing'],
    [
      'an event that nobody sends',
      rules.replace('registry_package', 'registry_packag'),
      'wrong.yaml:2 [0].event: github',
    ],
    ['no list', 'rules: none', 'have to be a list'],
  ])('%s', async (_, text, said) => {
    const { code, stdout, stderr } = await added(text);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain(said);
  });

  test('a cluster that is not there, and a kind that is none', async () => {
    const gone = await added(rules.replace('cluster: demo', 'cluster: gone'));
    expect(gone).toMatchObject({ code: 3, stderr: expect.stringContaining('wrong.yaml:5 [0].cluster') });
    expect(await added(rules, 'svn')).toMatchObject({ code: 2 });
    expect((await cli.run('webhooks', 'ls')).stdout).not.toContain('other');
  });
});

test('a target is told, rolled, listed and removed', async () => {
  const to = ['--to', 'https://hooks.example/x', '--event', 'operation.failed', 'approval.requested'];
  const told = await cli.run('webhooks', 'tell', 'chat', ...to);
  expect(told).toMatchObject({ code: 0, stdout: expect.stringContaining('whpk_') });
  const rolled = await cli.run('webhooks', 'roll-key', 'chat');
  expect(rolled.stdout).toMatch(/^whpk_\S+\n$/);
  expect(rolled.stderr).toMatch(/The key before it stays good until 20[-\d]+ [:\d]+Z; older ones are over\./);
  const listed: unknown = JSON.parse((await cli.run('webhooks', 'targets', '-o', 'json')).stdout);
  expect(listed).toMatchObject([
    { name: 'chat', events: ['operation.failed', 'approval.requested'], disabledAt: null },
  ]);
  expect(await cli.run('webhooks', 'messages', '--target', 'chat')).toMatchObject({ code: 0 });
  expect(await cli.run('webhooks', 'resend', 'msg_nothing')).toMatchObject({ code: 3 });
  expect(await cli.run('webhooks', 'enable', 'chat')).toMatchObject({ code: 0 });
  expect(await cli.run('webhooks', 'untell', 'chat', '-y')).toMatchObject({ code: 0, stdout: 'chat is removed.\n' });
});

const deliver = async (to: Parameters<typeof fromGithub>[0], body: string): Promise<Response> =>
  cli.world.fetch(await fromGithub(to, body));

/** The CLI's own fake worker carries it out. */
async function demoAppliedIn({ run, file }: CliWorld): Promise<void> {
  for (const name of ['h1', 'h2', 'h3'])
    expect(await run('host', 'add', name, `root@10.79.0.${name.slice(1)}`, '--accept-new')).toMatchObject({ code: 0 });
  const spec = file('demo.yaml', JSON.stringify(demoWithWeb));
  expect(await run('apply', '-f', spec, '--yes')).toMatchObject({ code: 0 });
}

test('the runs of a repository are let in, listed and let in no more', async () => {
  const who = [
    '--provider',
    'github',
    '--repository',
    '123456',
    '--ref',
    'refs/heads/main',
    '--environment',
    'production',
  ];
  const trust = (...more: string[]) => cli.run('ci', 'trust', 'shop', ...who, '--cluster', 'demo', ...more);
  const told = await trust('--workflow', '.github/workflows/deploy.yml', '--role', 'viewer');
  const issuer = 'https://token.actions.githubusercontent.com';
  const whom = 'repository 123456, refs/heads/main, production, .github/workflows/deploy.yml';
  expect(told).toMatchObject({
    code: 0,
    stdout: expect.stringContaining(`${whom} of ${issuer} is let in for demo.\n`),
  });
  expect(JSON.parse((await cli.run('ci', 'trusts', '-o', 'json')).stdout)).toMatchObject([
    { name: 'shop', issuer, audience: cli.env['FLOTILLA_URL'], role: 'viewer', clusters: ['demo'] },
  ]);
  expect(await trust()).toMatchObject({ code: exitCodeOf('already_exists'), stdout: '' });
  expect(await cli.run('ci', 'untrust', 'shop', '-y')).toMatchObject({ code: 0, stdout: 'shop is removed.\n' });
  expect(await cli.run('ci', 'untrust', 'shop', '-y')).toMatchObject({ code: exitCodeOf('not_found') });
  expect((await cli.run('ci', 'trusts')).stdout).not.toContain('shop');
});

test('a trust without a repository, a cluster or a known provider is refused before anything is asked', async () => {
  const tell = (...args: string[]) => cli.run('ci', 'trust', 'shop', ...args);
  const all = { provider: ['--provider', 'github'], repository: ['--repository', '1'], cluster: ['--cluster', 'demo'] };
  for (const left of Object.keys(all)) {
    const args = Object.entries(all).flatMap(([name, words]) => (name === left ? [] : words));
    expect(await tell(...args)).toMatchObject({ code: 2, stderr: expect.stringContaining(`--${left}`) });
  }
  expect(await tell(...all.repository, ...all.cluster, '--provider', 'jenkins')).toMatchObject({ code: 2 });
  const wrong = await tell(...all.provider, ...all.repository, ...all.cluster, '--issuer', 'http://ci.example');
  expect(wrong).toMatchObject({ code: exitCodeOf('invalid_input'), stderr: expect.stringContaining('issuer') });
});
