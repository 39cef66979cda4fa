import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { addHosts } from '#test/api/demo.ts';
import { type CliWorld, createCliWorld } from './cli-world.ts';
import { runCli, type Ran, startCli } from './run-cli.ts';

const demo = `cluster: demo
nodes: { h1: { role: manager }, h2: {}, h3: {} }
networks: { net1: { attachable: true, subnet: 10.200.1.0/24, mtu: 1500 } }
`;

let cli: CliWorld;
let file: string;
/** Tokens by person, as they were told on the standard output. */
const tokens = new Map<string, string>();
beforeAll(async () => {
  cli = await createCliWorld();
  await addHosts(cli.world.admin, 'h1', 'h2', 'h3');
  file = cli.file('demo.yaml', demo);
  for (const [name, role] of [
    ['olga', 'operator'],
    ['bob', 'approver'],
    ['eve', 'approver'],
  ] as const) {
    await said('person', 'add', name, '--role', role);
    tokens.set(name, (await said('token', 'create', `${name}'s`, '--person', name)).trim());
  }
  await said('policy', 'set', '-f', cli.file('policy.yaml', 'approvals: [{ low: 1 }]\n'));
});
afterAll(() => cli.close());

/** What a command that goes well prints. */
async function said(...args: string[]): Promise<string> {
  const { code, stdout, stderr } = await cli.run(...args);
  if (code !== 0) throw new Error(`flotilla ${args.join(' ')}: ${stderr}`);
  return stdout;
}
const envOf = (name: string) => ({ ...cli.env, FLOTILLA_TOKEN: tokens.get(name) ?? '' });
const by = (name: string, ...args: string[]): Promise<Ran> => runCli(args, { env: envOf(name) });

describe('persons and tokens', () => {
  test('a person is added, shown, given another role, linked and unlinked, and removed', async () => {
    await said('person', 'add', 'zoe');
    expect(await said('person', 'set', 'zoe', '--role', 'operator')).toContain('zoe has the role operator now');
    expect(await said('person', 'link', 'zoe', 'slack', 'T1/U1')).toContain('slack T1/U1');
    expect(await said('person', 'ls')).toMatch(/zoe +operator +0 +slack T1\/U1/);
    expect(await said('person', 'unlink', 'zoe', 'slack', 'T1/U1')).not.toContain('T1/U1');
    expect(await cli.run('person', 'unlink', 'zoe', 'slack', 'T1/U1')).toMatchObject({ code: 3 });
    expect(await cli.run('person', 'link', 'zoe', 'fax', '1')).toMatchObject({ code: 2 });
    expect(await said('person', 'rm', 'zoe', '--yes')).toContain('zoe is removed');
    expect(await cli.run('person', 'show', 'zoe')).toMatchObject({ code: 3 });
  });

  test('a token is alone on the standard output, rolled with an overlap, and over when it is revoked', async () => {
    const made = await cli.run(
      'token',
      'create',
      'ci',
      '--role',
      'operator',
      '-c',
      'demo',
      '--days',
      '3',
      '--env',
      'ci',
    );
    expect(made.stdout).toMatch(/^flt_ci_\w{12}_\w{43}_\w{6}\n$/);
    expect(made.stderr).toContain('It is shown this once');
    const id = made.stdout.split('_')[2] ?? '';
    expect(await said('token', 'ls')).toMatch(new RegExp(`${id} +ada +ci +operator +demo`));
    const rolled = await said('token', 'roll', id, '--overlap', '0');
    const old = await runCli(['whoami'], { env: { ...cli.env, FLOTILLA_TOKEN: made.stdout.trim() } });
    expect(old.code).toBe(4);
    expect(rolled).toMatch(/^flt_ci_\w{12}_/);
    const fresh = rolled.split('_')[2] ?? '';
    expect(await said('token', 'revoke', fresh, '--reason', 'lost')).toContain('is over');
    expect(await cli.run('token', 'revoke', fresh)).toMatchObject({ code: 5 });
  });
});

describe('rules', () => {
  test('`can` says yes or no, why, and what else is needed; no is exit code 4', async () => {
    const yes = await by('olga', 'can', 'apply', 'demo');
    expect(yes).toMatchObject({ code: 0 });
    expect(yes.stdout).toContain('yes: olga has the role operator');
    expect(yes.stdout).toContain('approvals by other persons: low 1');
    const no = await cli.run('can', 'approve', 'demo', '--as', 'olga');
    expect(no).toMatchObject({ code: 4 });
    expect(no.stdout).toContain('no: ');
  });

  test('the policy is shown as it was set', async () => {
    expect(await said('policy', 'show')).toContain('low: 1');
    const wrong = await cli.run('policy', 'set', '-f', cli.file('wrong.yaml', 'rules: [{ allow: [fly] }]\n'));
    expect(wrong).toMatchObject({ code: 2 });
    expect(wrong.stderr).toContain('there is no such verb');
  });
});

describe('approvals', () => {
  /** Olga applies, until the plan waits; gives the beginning of its digest. */
  async function waiting() {
    const running = startCli(['apply', '-f', file, '--yes'], { env: envOf('olga') });
    await running.untilShown('flotilla approve ');
    const out = await said('approvals', 'ls');
    return { running, out, plan: /^[0-9a-f]{12}/m.exec(out)?.[0] ?? '' };
  }

  test('apply names the plan that waits and who may approve it, and goes on once somebody has', async () => {
    const { running, out, plan } = await waiting();
    expect(out).toMatch(/demo +low +open +nobody \(needs 1\)/);
    expect(await by('olga', 'approve', plan)).toMatchObject({ code: 4 });
    expect((await by('bob', 'approve', plan)).stdout).toContain('Approved.');
    const { code, stdout } = await running.ended;
    expect(stdout).toContain(`Plan ${plan} for demo waits for approval`);
    expect(stdout).toMatch(/one more person must approve; (?:ada, )?bob, eve may:/);
    expect(stdout).toContain('✓ Done');
    expect(code).toBe(0);
  });

  test('apply ends with the denial and its reason', async () => {
    cli.file('demo.yaml', demo.replace('h3: {}', 'h3: { labels: { zone: a } }'));
    const { running, plan } = await waiting();
    expect((await by('eve', 'deny', plan, '--reason', 'not on a friday')).stdout).toContain('Denied.');
    const { code, stderr } = await running.ended;
    expect(stderr).toContain('eve denied it: not on a friday');
    expect(code).toBe(4);
    expect(await said('approvals', 'ls')).toContain('Nothing waits for approval.');
    expect(await said('approvals', 'ls', '--all')).toMatch(/denied/);
  });
});

describe('locks, freezes and break-glass', () => {
  test('a lock keeps others out, says who and why, and is taken over or ended with notice', async () => {
    expect((await by('olga', 'lock', 'demo', '--reason', 'a release', '--for', '30m')).stdout).toContain('a release');
    const kept = await by('bob', 'apply', '-f', file, '--yes');
    expect(kept.code).toBe(5);
    expect(kept.stderr).toMatch(/olga[\s\S]*a release/);
    expect(await by('bob', 'unlock', 'demo')).toMatchObject({ code: 5 });
    expect((await by('bob', 'lock', 'demo', '--reason', 'mine', '--take-over')).stdout).toContain('bob');
    expect((await by('olga', 'notices')).stdout).toContain('bob took over your lock on demo: mine.');
    expect((await by('olga', 'notices')).stdout).toContain('No notices.');
    expect((await by('bob', 'unlock', 'demo')).stdout).toContain('is over');
    expect((await cli.run('lock')).stdout).toContain('Nothing is locked or frozen.');
  });

  test('a freeze is passed by break-glass alone, which another person reviews', async () => {
    expect((await by('eve', 'freeze', '--all', '--reason', 'christmas', '--for', '3d')).code).toBe(0);
    expect(
      await by('bob', 'break-glass', 'use', 'demo', '--reason', 'the shop is down', '--confirm', 'dem'),
    ).toMatchObject({ code: 2 });
    const used = await by('bob', 'break-glass', 'use', 'demo', '--reason', 'the shop is down', '--confirm', 'demo');
    expect(used.stdout).toContain('needs no approval and passes a freeze');
    const grant = /break-glass review (\S+)/.exec(used.stdout)?.[1] ?? '';
    expect(await said('break-glass', 'ls')).toMatch(/bob +demo .* not yet +the shop is down/);
    expect((await by('bob', 'break-glass', 'end', grant)).code).toBe(0);
    expect((await by('bob', 'break-glass', 'review', grant, '--note', 'it was right')).code).toBe(4);
    expect((await by('eve', 'break-glass', 'review', grant, '--note', 'it was right')).stdout).toContain('Reviewed.');
    expect((await by('eve', 'unfreeze', '--all')).code).toBe(0);
  });
});
