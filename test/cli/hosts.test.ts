import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { hostFacts } from '#core/testing/observations.ts';
import { createCliWorld, type CliWorld } from './cli-world.ts';

let cli: CliWorld;
beforeEach(async () => {
  cli = await createCliWorld();
});
afterEach(() => cli.close());

test('a host is added, listed as a table and as one JSON document, and forgotten', async () => {
  const added = await cli.run('host', 'add', 'h1', 'admin@10.0.0.7:2222', '--accept-new', '--no-probe');
  expect(added).toMatchObject({ code: 0, stderr: '' });
  const { stdout } = await cli.run('host', 'ls');
  expect(stdout).toBe(
    [
      'HOST  ADDRESS              VIA  HOST KEY          CLUSTER  ENGINE  LAST SEEN',
      'h1    admin@10.0.0.7:2222  -    at first contact  -        -       never\n',
    ].join('\n'),
  );
  const json = await cli.run('host', 'ls', '-o', 'json');
  expect(JSON.parse(json.stdout)).toMatchObject([{ name: 'h1', address: '10.0.0.7', port: 2222, user: 'admin' }]);
  expect(await cli.run('host', 'rm', 'h1', '--yes')).toMatchObject({ code: 0, stdout: 'Host h1 is forgotten.\n' });
});

test('what the control plane refuses is told with its exit code: what happened, what was done, what to do', async () => {
  await cli.run('host', 'add', 'h1', '10.0.0.7', '--no-probe');
  const again = await cli.run('host', 'add', 'h1', '10.0.0.8', '--no-probe');
  expect(again.code).toBe(5);
  expect(again.stderr).toMatch(/^Error: There is a host h1 already \[already_exists\]\n {2}Done: .*\n {2}Next: /);
  expect(await cli.run('host', 'show', 'h9')).toMatchObject({ code: 3, stdout: '' });
  const json = await cli.run('host', 'show', 'h9', '-o', 'json');
  expect(JSON.parse(json.stdout)).toMatchObject({ error: { code: 'not_found' } });
  const stranger = await cli.run('host', 'ls', '--token-file', cli.file('token', 'flt_wrong\n'));
  expect(stranger).toMatchObject({ code: 4, stdout: '' });
  expect(stranger.stderr).not.toContain('flt_wrong');
});

test('text from a host cannot command the terminal', async () => {
  cli.script = async (worker) =>
    void (await worker.tell({
      type: 'ended',
      state: 'failed',
      error: { code: 'engine_error', message: 'it said \u001B[2J\u0007', host: 'h1' },
    }));
  await cli.run('host', 'add', 'h1', '10.0.0.7', '--no-probe');
  const { code, stderr } = await cli.run('host', 'probe', 'h1');
  expect(stderr).toContain('it said \\x1b[2J\\x07');
  expect(code).toBe(7);
});

test('who reads no further is no fault', async () => {
  const { process: child, ended } = cli.start('host', 'ls', '-o', 'json');
  child.stdout?.destroy();
  expect((await ended).stderr).toBe('');
});

test('a host that the first try did not reach is added again with what was wrong put right', async () => {
  cli.script = async (worker) =>
    void (await worker.tell({
      type: 'ended',
      state: 'failed',
      error: { code: 'host_unreachable', message: 'h1 cannot be reached.', host: 'h1' },
    }));
  expect(await cli.run('host', 'add', 'h1', '10.0.0.7', '--accept-new')).toMatchObject({ code: 7 });
  const again = await cli.run('host', 'add', 'h1', '10.0.0.8', '--accept-new');
  expect(again.stdout).toContain('h1 was never reached as root@10.0.0.7:22: it is registered anew.');
  expect(again.stderr).not.toContain('already_exists');
  expect((await cli.run('host', 'ls')).stdout).toMatch(/^h1 +root@10\.0\.0\.8 /m);
});

test('a second name for a machine, or a copy of it, is told with what to do in each case', async () => {
  const key = { algorithm: 'ssh-ed25519', fingerprint: `SHA256:${'A'.repeat(43)}` };
  const facts = hostFacts('h1');
  cli.script = async (worker) => {
    const { request } = worker.lease.operation;
    const host = 'host' in request ? request.host : '';
    await worker.tell({ type: 'host-key', host, key }, { type: 'host-facts', host, facts });
    await worker.end();
  };
  const first = await cli.run('host', 'add', 'h1', '10.0.0.7', '--accept-new');
  expect(first.stderr).toBe('');
  const again = await cli.run('host', 'add', 'h9', 'h1.example', '--accept-new');
  expect(again.code).toBe(0);
  expect(again.stderr).toContain('! h9 shows the same SSH host key and the same engine id as h1');
  expect(again.stderr).toContain('`flotilla host rm h9` takes this one off');
  expect((await cli.run('host', 'probe', 'h1')).stderr).toContain('the same engine id as h9');
});

describe('a host whose key was replaced', () => {
  const fingerprint = `SHA256:${'B'.repeat(43)}`;
  const key = { algorithm: 'ssh-ed25519', fingerprint };
  beforeEach(async () => {
    const old = `SHA256:${'A'.repeat(43)}`;
    await cli.run('host', 'add', 'h1', '10.0.0.7', '--fingerprint', old, '--no-probe');
    cli.script = async (worker) => {
      const { kind } = worker.lease.operation;
      if (kind === 'pin-host') return void (await worker.tell({ type: 'host-key', host: 'h1', key }, ended));
      const message = `h1 shows another key than the pinned one. Pinned: any ${old}. Shown: ssh-ed25519 ${fingerprint}.`;
      await worker.tell({ type: 'ended', state: 'failed', error: { code: 'host_key_changed', message, host: 'h1' } });
    };
  });
  const ended = { type: 'ended', state: 'succeeded', error: null } as const;

  test('is held to the new one, after both were shown', async () => {
    const pinned = await cli.run('host', 'pin', 'h1', '--fingerprint', fingerprint, '--yes');
    expect(pinned).toMatchObject({ code: 0, stderr: '' });
    expect(pinned.stdout).toMatch(/pinned +SHA256:A+\n.*to be shown +SHA256:B+\n/);
    expect(pinned.stdout).toMatch(/host keys +ssh-ed25519 SHA256:B+/);
  });

  test('is looked at for its key where whatever it shows is taken', async () => {
    const { code, stdout } = await cli.run('host', 'pin', 'h1', '--accept-new', '--yes');
    expect({ code, stdout }).toEqual({ code: 0, stdout: expect.stringMatching(/shown now +SHA256:B+\n/) });
  });

  test('keeps its pin where nobody has named a key and nobody can be asked', async () => {
    for (const flags of [[], ['--yes'], ['--accept-new'], ['--accept-new', '--fingerprint', fingerprint]]) {
      const { code, stdout, stderr } = await cli.run('host', 'pin', 'h1', ...flags);
      expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
      expect(stderr).toMatch(/Next: .*--(fingerprint|yes)/);
    }
  });
});

describe('a host that is to be reached in another way', () => {
  const key = { algorithm: 'ssh-ed25519', fingerprint: `SHA256:${'A'.repeat(43)}` };
  beforeEach(async () => {
    await cli.run('host', 'add', 'h1', '10.0.0.7', '--fingerprint', key.fingerprint, '--no-probe');
    cli.script = async (worker) => {
      await worker.tell({ type: 'host-key', host: 'h1', key });
      await worker.end();
    };
  });

  test('is met there first; what it was and what it is are shown, and the way back', async () => {
    const moved = await cli.run('host', 'set', 'h1', '--address', 'ops@10.0.0.8:2222', '--yes');
    expect(moved).toMatchObject({ code: 0, stderr: '' });
    expect(moved.stdout).toMatch(/now +root@10\.0\.0\.7\n *to be +ops@10\.0\.0\.8:2222\n/);
    expect(moved.stdout).toContain('Back: flotilla host set h1 --address 10.0.0.7 --port 22 --user root\n');
    expect((await cli.run('host', 'ls')).stdout).toMatch(/^h1 +ops@10\.0\.0\.8:2222 /m);
    await cli.run('host', 'add', 'b1', '10.0.0.99', '--no-probe');
    expect((await cli.run('host', 'set', 'h1', '--via', 'b1', '--yes')).stdout).toContain(
      'Back: flotilla host set h1 --no-via',
    );
    expect((await cli.run('host', 'set', 'h1', '--no-via', '--yes')).stdout).toContain(
      'Back: flotilla host set h1 --via b1',
    );
  });

  test('that it is reached so already is no fault, and asks nobody', async () => {
    const same = await cli.run('host', 'set', 'h1', '--port', '22');
    expect(same).toMatchObject({ code: 0, stdout: 'h1 is reached as root@10.0.0.7 already.\n' });
  });

  test('is not sent where nothing is named, one thing is named twice, or nobody can be asked', async () => {
    for (const flags of [[], ['--address', 'ops@10.0.0.8', '--user', 'root'], ['--port', '2222']])
      expect(await cli.run('host', 'set', 'h1', ...flags)).toMatchObject({ code: 2 });
    expect((await cli.run('host', 'ls')).stdout).toMatch(/^h1 +root@10\.0\.0\.7 /m);
  });
});
