import { afterEach, beforeEach, expect, test } from 'vitest';
import { unwrap } from '#api/client.ts';
import type { LogRecord } from '#core/logs.ts';
import { addHosts, apply, propose } from '#test/api/demo.ts';
import { line, source } from '#test/api/printed.ts';
import { type CliWorld, createCliWorld } from './cli-world.ts';

let cli: CliWorld;
/** What the worker has read; nothing: it could not. */
let records: LogRecord[] = [];
beforeEach(async () => {
  cli = await createCliWorld();
  cli.script = async (worker, plan) => {
    if (plan === null) await worker.handOver(records);
    else {
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

test('as JSON it is a record a line, also of what could not be seen', async () => {
  records = [line('tool', 'one\u009B2J'), source('tool', { task: null }), unseen, end];
  const { stdout } = await cli.run('container', 'logs', 'tool', '-o', 'json', '--tail', '5', '--since', '1h');
  expect(stdout).toContain(String.raw`one\u009b2J`);
  expect(
    stdout
      .trimEnd()
      .split('\n')
      .map((one): unknown => JSON.parse(one)),
  ).toEqual(records);
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

test('what is no number of lines and no time is refused', async () => {
  expect((await cli.run('service', 'logs', 'web', '--tail', 'all')).stderr).toContain('up to 10000');
  expect((await cli.run('service', 'logs', 'web', '--since', 'lunch')).stderr).toContain('lunch is no time');
  expect(await cli.run('service', 'logs', 'web', '-f')).toMatchObject({ code: 2, stdout: '' });
  expect((await cli.run('logs', 'web')).stderr).toContain('flotilla service logs');
});
