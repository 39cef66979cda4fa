import { mkdtempSync, readdirSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { binFile, node, runCli } from './run-cli.ts';

const nowhere = { FLOTILLA_URL: 'http://127.0.0.1:9', FLOTILLA_TOKEN: 'flt_x' };

describe('wrong words', () => {
  test.each([
    [['hots', 'ls'], "Unknown command 'hots' (Did you mean host?)", 'flotilla --help'],
    [['add', 'host'], "Unknown command 'add' (Did you mean flotilla host add?)", 'flotilla --help'],
    [['init'], 'Did you mean flotilla cluster create, or flotilla apply?', 'flotilla --help'],
    [['node', 'drain', 'h3'], 'flotilla node set HOST --availability drain', 'flotilla node --help'],
    [['host', 'lss'], "Unknown command 'lss' (Did you mean ls?)", 'flotilla host --help'],
    [['network', 'craete', 'x'], 'Did you mean create?', 'flotilla network --help'],
    [['host', 'ls', '--otput', 'json'], 'Did you mean --output?', 'flotilla host ls --help'],
    [['network', 'create', 'x', '--atachable'], 'Did you mean --attachable?', 'flotilla network create --help'],
    [['host', 'add'], "Missing required argument 'name'", 'flotilla host add --help'],
    [['host', 'add', 'h1', '--port', 'ssh'], 'Write a whole number from 1 to 65535', 'flotilla host add --help'],
    [['host', 'add'], "Missing required argument 'name'", 'flotilla host add [options] <name> [address]'],
    [['service', 'create'], "Required option '--image", 'flotilla service create [options] --image <image> <name>'],
    [['plan', 'demo.yaml'], 'Too many arguments', 'flotilla plan -f demo.yaml'],
    [['apply', 'demo', '-y'], 'Too many arguments', 'flotilla apply -c demo'],
    [['host', 'pin', 'h1', '--fingerprint', 'abc'], 'abc is no fingerprint', 'ssh-keygen -lf'],
    [['help', 'hots'], "Unknown command 'hots'", 'flotilla --help'],
    [['host', 'ad', '--help'], "Unknown command 'ad'", 'flotilla host --help'],
    [['verify', 'a', '-c', 'b'], 'The command names two clusters: a and b', 'Name one.'],
    [['host', 'ls', 'more'], 'Too many arguments', 'flotilla host ls --help'],
  ])('%j: says what is wrong, what was perhaps meant, and where to read', async (args, message, help) => {
    const { code, stdout, stderr } = await runCli(args, { env: nowhere });
    expect(stderr).toContain(message);
    expect(stderr).toContain(help);
    expect(stderr).not.toMatch(/ at .*\.[jt]s/);
    expect(stdout).toBe('');
    expect(code).toBe(2);
  });

  test('with --output json the refusal is a document as well', async () => {
    const { code, stdout } = await runCli(['host', 'frob', '--output', 'json'], { env: nowhere });
    expect(JSON.parse(stdout)).toMatchObject({ error: { code: 'usage', done: 'Nothing was sent.' } });
    expect(code).toBe(2);
  });

  test('help goes to the standard output; a noun without a verb shows its help and is an error', async () => {
    const asked = await runCli(['--help']);
    expect(asked).toMatchObject({ code: 0, stderr: '' });
    expect(asked.stdout).toMatch(/^Exit codes:\n {2}0 {3}done$/m);
    expect(await runCli([])).toMatchObject({ code: 0, stdout: asked.stdout });
    expect((await runCli(['help', 'host', 'add'])).stdout).toBe((await runCli(['host', 'add', '--help'])).stdout);
    const noun = await runCli(['node']);
    expect(noun).toMatchObject({ code: 2, stdout: '' });
    expect(noun.stderr).toContain('add a registered host to the cluster');
  });
});

test('up starts nothing with settings that are wrong, and names all of them: no first token is made that nobody sees', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'flotilla-up-'));
  const wrong = ['--redis', 'nonsense', '--listen', 'nonsense', '--tls-cert', '/nowhere'];
  try {
    const { code, stderr } = await runCli(['up', '--data', folder, ...wrong], {
      env: { FLOTILLA_SSH_KEYS: 'default=', FLOTILLA_AUDIT_PUSH: 'somewhere' },
    });
    expect(stderr).toContain('Error: Settings are not valid');
    expect(stderr.split('\n').flatMap((line) => /^ {2}([A-Z_]+): /.exec(line)?.[1] ?? [])).toEqual([
      'FLOTILLA_AUDIT_PUSH',
      'FLOTILLA_TLS_KEY',
      'FLOTILLA_TLS_CERT',
      'FLOTILLA_LISTEN',
      'REDIS_URL',
      'FLOTILLA_SSH_KEYS',
    ]);
    expect(code).toBe(2);
    expect(readdirSync(folder)).toEqual([]);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

describe('a control plane that is not there', () => {
  test('is said with its address and what to do', async () => {
    const { code, stderr } = await runCli(['host', 'ls'], { env: nowhere });
    expect(stderr).toContain('The control plane at http://127.0.0.1:9 does not answer');
    expect(stderr).toContain('Next: Start it with `flotilla up`');
    expect(code).toBe(11);
  });

  test('and no token either', async () => {
    const { code, stderr } = await runCli(['host', 'ls'], { env: { FLOTILLA_DATA: '/nonexistent' } });
    expect(stderr).toContain('There is no token for http://127.0.0.1:7766');
    expect(code).toBe(4);
  });

  test('an address that is none, and one that would carry the token in clear', async () => {
    const wrong = await runCli(['host', 'ls', '--url', 'nonsense'], { env: nowhere });
    expect(wrong).toMatchObject({ code: 2 });
    expect(wrong.stderr).toContain('nonsense is not an address of a control plane');
    const clear = await runCli(['host', 'ls', '--url', 'http://10.255.255.1.invalid'], { env: nowhere });
    expect(clear.stderr).toContain('Warning: the token goes to http://10.255.255.1.invalid unencrypted');
  });
});

test('the sources run as they are', async () => {
  expect(await runCli(['--version'], { program: [node, 'apps/cli/main.ts'] })).toMatchObject({ code: 0, stderr: '' });
});

test('bin/flotilla runs from any directory and through symlinks', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'flotilla-bin-'));
  try {
    symlinkSync(binFile, join(folder, 'first'));
    symlinkSync('first', join(folder, 'second'));
    const { code, stdout } = await runCli(['--version'], { cwd: folder, program: [join(folder, 'second')] });
    expect(stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
    expect(code).toBe(0);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
