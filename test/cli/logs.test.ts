import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { unwrap } from '#api/client.ts';
import type { LogRecord } from '#core/logs.ts';
import { addHosts, apply, propose } from '#test/api/demo.ts';
import type { FakeWorker } from '#test/api/fake-worker.ts';
import { line, source } from '#test/api/printed.ts';
import { type CliWorld, createCliWorld } from './cli-world.ts';

let cli: CliWorld;
/** What the worker has read; nothing: it could not. */
let records: LogRecord[] = [];
/** What it does after that where it is followed. */
let followed: (worker: FakeWorker) => Promise<void>;
beforeEach(async () => {
  cli = await createCliWorld();
  cli.script = async (worker, plan) => {
    if (plan === null) {
      const isFollowed =
        worker.lease.operation.request.kind === 'logs' && worker.lease.operation.request.follow === true;
      await worker.handOver(records, !isFollowed);
      if (isFollowed) return followed(worker);
    } else {
      await worker.tell({ type: 'swarm', swarmId: 'swarm-1', nodes: { h1: 'n1', h2: 'n2', h3: 'n3' } });
      await worker.runSteps(plan);
    }
    await worker.end();
  };
  const { admin } = cli.world;
  await addHosts(admin, 'h1', 'h2', 'h3');
  await propose(admin);
  const { id } = await apply(admin);
  await unwrap(admin.v1.operations[':id'].$get({ param: { id }, query: { wait: '20' } }));
});
afterEach(() => cli.close());

const end: LogRecord = { type: 'end', lines: 2 };
const unseen: LogRecord = {
  type: 'unseen',
  name: 'web.2',
  host: 'h3',
  task: 'abc',
  reason: 'h3 cannot be reached.',
  code: 'host_unreachable',
};

test('in a pipe lines come as they were printed, and what could not be seen is said beside them', async () => {
  const text = '\u001B[31mred\u001B[0m';
  records = [line('web.1', text), line('web.1', 'two'), source('web.1', { lines: 2 }), unseen, end];
  const { code, stdout, stderr } = await cli.run('service', 'logs', 'web');
  expect(stdout).toBe(`web.1@h2 | ${text}\nweb.1@h2 | two\n`);
  expect(stderr).toBe('? web.2@h3: not seen: h3 cannot be reached.\n');
  expect(code).toBe(0);
});

const recordsIn = (stdout: string): unknown[] =>
  stdout
    .trimEnd()
    .split('\n')
    .map((one): unknown => JSON.parse(one));

test('as JSON it is a record a line, also of what could not be seen', async () => {
  records = [line('tool', 'one\u009B2J'), source('tool', { task: null }), unseen, end];
  const { stdout } = await cli.run('container', 'logs', 'tool', '-o', 'json', '--tail', '5', '--since', '1h');
  expect(stdout).toContain(String.raw`one\u009b2J`);
  expect(recordsIn(stdout)).toEqual(records);
});

test('an answer without lines says so, and one that broke off is no whole one', async () => {
  records = [source('web.1', { lines: 0, state: 'exited', exitCode: 137, error: 'out of memory' }), end];
  const silent = await cli.run('service', 'logs', 'web');
  expect(silent).toMatchObject({ code: 0, stdout: '' });
  expect(silent.stderr).toBe('· web.1@h2: printed nothing that was asked for (exited with 137: out of memory)\n');
  records = [line('web.1', 'one')];
  const broken = await cli.run('service', 'logs', 'web');
  expect(broken.stdout).toBe('web.1@h2 | one\n');
  expect(broken.stderr).toContain('The answer broke off');
  expect(broken.code).toBe(11);
});

describe('--follow', () => {
  /** Until nobody takes it, as workers do. */
  const untilLeft = async (worker: FakeWorker): Promise<void> => {
    await expect.poll(() => worker.handOver([], false), { timeout: 20_000 }).toBe(false);
    await worker.end();
  };

  test('prints lines as they come, tells what is not seen, and ends with Ctrl-C', async () => {
    const back: LogRecord = { type: 'seen', name: 'web.2', host: 'h3', task: 'abc' };
    records = [line('web.1', 'one'), source('web.1'), unseen];
    followed = async (worker) => {
      await worker.handOver([back, line('web.2', 'two'), source('web.2', { state: 'exited', exitCode: 0 })], false);
      await untilLeft(worker);
    };
    const running = cli.start('service', 'logs', 'web', '-f', '--tail', '0');
    await running.untilShown('two');
    running.process.kill('SIGINT');
    const { code, stdout, stderr } = await running.ended;
    expect(stdout).toBe('web.1@h2 | one\nweb.2@h2 | two\n');
    expect(stderr).toBe(
      '? web.2@h3: not seen: h3 cannot be reached.\n· web.2@h3: can be seen again\n· web.2@h2: exited with 0\n',
    );
    expect(code).toBe(130);
  });

  test('as JSON is a record a line', async () => {
    records = [line('tool', 'one'), source('tool', { task: null })];
    followed = untilLeft;
    const running = cli.start('container', 'logs', 'tool', '-f', '-o', 'json');
    await running.untilShown('"source"');
    running.process.kill('SIGINT');
    const { stdout } = await running.ended;
    expect(recordsIn(stdout)).toEqual(records);
  });

  test('says why it ends by itself, and how to go on', async () => {
    records = [line('web.1', 'one', '2026-11-28T11:34:00.000000001Z')];
    followed = async (worker) => void (await worker.end('failed', 'worker_stopped'));
    const { code, stderr } = await cli.run('service', 'logs', 'web', '-f');
    expect(stderr).toContain('worker_stopped');
    expect(stderr.replaceAll(/\s+/g, ' ')).toContain(
      'Go on with `flotilla service logs web --cluster demo --follow --since 2026-11-28T11:34:00.000000001Z`',
    );
    expect(code).toBe(11);
    followed = async (worker) => void (await worker.end('failed', 'not_found'));
    expect((await cli.run('service', 'logs', 'web', '-f')).code).toBe(3);
  });
});

test('what is no number of lines and no time is refused', async () => {
  expect((await cli.run('service', 'logs', 'web', '--tail', 'all')).stderr).toContain('up to 10000');
  expect((await cli.run('service', 'logs', 'web', '--since', 'lunch')).stderr).toContain('lunch is no time');
  expect((await cli.run('logs', 'web')).stderr).toContain('flotilla service logs');
});
