import { spawn } from 'node:child_process';
import { afterAll, describe, expect, it } from 'vitest';
import { createLab, openLab } from '#lab/lab.ts';
import { leftovers } from '#lab/leftovers.ts';
import { startOf } from '#lab/process.ts';
import { readRecord } from '#lab/state.ts';
import { takeDown } from '#lab/take-down.ts';
import { until } from '#lab/wait.ts';
import { collect, labCommand, tcp } from './reach.ts';

const ids = ['test-one', 'test-two', 'test-orphan', 'test-cli', 'test-mixed'];

afterAll(async () => {
  for (const id of ids) await takeDown(id);
});

describe('two labs', () => {
  it('live side by side, and each goes without a trace', async () => {
    const [one, two] = await Promise.all([
      createLab({ id: 'test-one', hosts: 1 }),
      createLab({ id: 'test-two', hosts: 2 }),
    ]);
    expect(one.subnet).not.toBe(two.subnet);
    expect(await leftovers('test-one')).not.toEqual([]);
    await one.down();
    expect(await leftovers('test-one')).toEqual([]);
    expect(await tcp(two.host('h2').address, 22)).toBe('open');
    expect((await two.host('h1').exec(['docker', 'pull', 'busybox'])).code).toBe(0);
    await two.down();
    await two.down();
    expect(await leftovers('test-two')).toEqual([]);
  });

  it('cannot have one id', async () => {
    const both = await Promise.allSettled([1, 2].map(() => createLab({ id: 'test-one', hosts: 1 })));
    expect(both.map((each) => each.status).toSorted((a, b) => a.localeCompare(b))).toEqual(['fulfilled', 'rejected']);
    const refused = both.find((each) => each.status === 'rejected');
    expect(String(refused?.reason)).toContain('take it down first');
    await (await openLab('test-one'))?.down();
    expect(await leftovers('test-one')).toEqual([]);
  });
});

describe('a lab whose maker was killed', () => {
  const script = `
    const { createLab } = await import('./infra/lab/lab.ts');
    await createLab({ id: 'test-orphan', hosts: 3 });
    process.stdout.write('up');
    setInterval(() => {}, 1000);
  `;

  /** Starts a maker and kills it as soon as `isTime`. */
  async function killMaker(isTime: (output: string) => boolean | Promise<boolean>): Promise<void> {
    const maker = spawn(process.execPath, ['--input-type=module', '-e', script], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let output = '';
    maker.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
    await until('the maker is there', () => isTime(output), { limitMs: 120_000, everyMs: 5 });
    const ended = new Promise((resolve) => maker.once('close', resolve));
    maker.kill('SIGKILL');
    await ended;
  }

  it('goes on when it was up, and can be taken down by another process', async () => {
    await killMaker((output) => output === 'up');
    expect((await openLab('test-orphan'))?.hosts).toHaveLength(3);
    expect(await labCommand('down', '--id', 'test-orphan')).toEqual({ code: 0, output: 'Lab test-orphan is down.' });
    expect(await leftovers('test-orphan')).toEqual([]);
  });

  it.each([0, 150, 300, 600])('is cleared when it was %i ms under way', async (afterMs) => {
    let since: number | undefined;
    await killMaker(async () => {
      if (since === undefined && (await readRecord('test-orphan')) !== undefined) since = performance.now();
      return since !== undefined && performance.now() - since >= afterMs;
    });
    expect(await leftovers('test-orphan')).not.toEqual([]);
    await takeDown('test-orphan');
    expect(await leftovers('test-orphan')).toEqual([]);
  });

  it('is not taken down while somebody makes it', async () => {
    const refused: unknown[] = [];
    await killMaker(async () => {
      if ((await readRecord('test-orphan')) === undefined) return false;
      refused.push(await takeDown('test-orphan').catch((error: unknown) => error));
      return true;
    });
    expect(String(refused[0])).toContain('is being made by process');
  });

  it('makes way for a new one of the same id', async () => {
    await killMaker(async () => (await readRecord('test-orphan')) !== undefined);
    await using lab = await createLab({ id: 'test-orphan', hosts: 1 });
    expect(lab.hosts).toHaveLength(1);
    await lab.down();
    expect(await leftovers('test-orphan')).toEqual([]);
  });
});

describe('a lab that loses a host', () => {
  it('is not up any more, and is made anew', async () => {
    const lab = await createLab({ id: 'test-one', hosts: 2 });
    process.kill(lab.host('h2').pid, 'SIGKILL');
    await until('the host is gone', () => startOf(lab.host('h2').pid) === undefined);
    expect(await openLab('test-one')).toBeUndefined();
    expect((await labCommand('status', '--id', 'test-one')).output).toContain('test-one: broken');
    await using again = await createLab({ id: 'test-one', hosts: 2 });
    expect((await again.host('h2').exec(['hostname'])).stdout).toBe('h2\n');
  });
});

describe('the command line', () => {
  it('makes a lab, says so, and makes it once', async () => {
    const up = await labCommand('up', '2', '--id', 'test-cli');
    expect(up.output).toContain('Lab test-cli is up after');
    expect((await labCommand('up', '2', '--id', 'test-cli')).output).toContain('Lab test-cli is up already.');
    expect((await labCommand('up', '3', '--id', 'test-cli')).code).toBe(2);
    const status = await labCommand('status', '--json', '--id', 'test-cli');
    expect(JSON.parse(status.output)).toMatchObject({
      state: 'up',
      hosts: [{ name: 'h1', state: 'up' }, { name: 'h2' }],
    });
    expect((await labCommand('list')).output).toContain('test-cli: up, 2 hosts');
  });

  it('runs commands on hosts, as any user, and gives their exit code', async () => {
    expect(await labCommand('ssh', '--id', 'test-cli', 'h2', 'hostname')).toEqual({ code: 0, output: 'h2' });
    expect(await labCommand('ssh', '--id', 'test-cli', 'ops@h1', 'id', '-un')).toEqual({ code: 0, output: 'ops' });
    expect((await labCommand('ssh', '--id', 'test-cli', 'h1', 'exit', '7')).code).toBe(7);
  });

  it('breaks, shows and heals', async () => {
    expect((await labCommand('fault', 'vxlan', 'h1', '--direction', 'in', '--id', 'test-cli')).code).toBe(0);
    expect((await labCommand('status', '--id', 'test-cli')).output).toContain('faults: vxlan --direction in');
    expect((await labCommand('heal', '--id', 'test-cli')).output).toBe('h1: vxlan healed');
    expect((await labCommand('heal', '--id', 'test-cli')).output).toBe('No faults to heal.');
  });

  it('takes it down, twice', async () => {
    expect((await labCommand('down', '--id', 'test-cli')).output).toBe('Lab test-cli is down.');
    expect(await labCommand('down', '--id', 'test-cli')).toEqual({
      code: 0,
      output: 'There is no lab test-cli; nothing to do.',
    });
    expect(await leftovers('test-cli')).toEqual([]);
  });

  it.each([
    [['upp'], 'There is no "upp"'],
    [['up', 'many'], '"many" is no number of hosts'],
    [['up', '--id', 'Big Lab'], 'is no lab id'],
    [['up', '--engine', '1.13'], '"1.13" is no engine'],
    [['ssh', '--id', 'test-absent', 'h1'], 'Lab test-absent is not up'],
    [['fault', 'flood', 'h1'], 'There is no fault "flood"'],
    [['down', '--force'], "Unknown option '--force'"],
  ])('refuses %j in one sentence', async (args, sentence) => {
    const { code, output } = await labCommand(...args);
    expect(code).toBe(2);
    expect(output).toContain(sentence);
    expect(output).not.toContain('    at ');
  });

  it('refuses who is not root', async () => {
    const asNobody = ['--reuid=65534', '--regid=65534', '--clear-groups', process.execPath, 'infra/lab/main.ts', 'up'];
    const { code, output } = await collect('setpriv', asNobody);
    expect([code, output]).toEqual([2, 'lab: A lab needs root: run the command with sudo.']);
  });
});

describe('engines of other releases', () => {
  it('form one lab', async () => {
    await using lab = await createLab({ id: 'test-mixed', engines: ['20.10', '28.5'] });
    const versions = await Promise.all(
      lab.hosts.map((host) => host.exec(['docker', 'version', '--format', '{{.Server.Version}}'])),
    );
    expect(versions.map(({ stdout }) => stdout.slice(0, 5))).toEqual(['20.10', '28.5.']);
    const newer = lab.host('h2');
    expect((await newer.exec(['docker', 'pull', 'no-such-image'])).stderr).toContain('not found');
    expect((await newer.exec(['docker', 'pull', 'nginx'])).code).toBe(0);
    const calls = (await newer.engineCalls()).map(({ method, path }) => `${method} ${path.split('?')[0]}`);
    expect(calls).toEqual(['POST /images/create', 'POST /images/create']);
    await lab.down();
    expect(await leftovers('test-mixed')).toEqual([]);
  });
});
