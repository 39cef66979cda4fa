import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Command } from 'commander';
import { makeProgram } from '#cli/program.ts';
import { parseCommand } from '#core/command/parse.ts';
import { isVerb, verbs } from '#core/edits.ts';
import { fieldsOf } from '#core/edits/fields.ts';
import { demoProposed } from '#test/api/demo.ts';
import { type CliWorld, createCliWorld } from './cli-world.ts';

/* One table of verbs, two ways to say them: a terminal with flags, and a line of text. Both mean the same. */

let cli: CliWorld;
beforeAll(async () => {
  cli = await createCliWorld();
  await demoProposed(cli.world.admin);
});
afterAll(() => cli.close());

/** What the command line makes of words: positions and flags, before anything is sent. */
async function byCommandLine(words: readonly string[]): Promise<unknown[]> {
  let given: unknown[] = [];
  const program: Command = await makeProgram(
    () =>
      async (...args: unknown[]) => {
        given = args;
      },
    { version: 'test', argv: [...words] },
  );
  await program.parseAsync(['node', 'flotilla', ...words]);
  return given;
}

/** A line of text holds no file. */
const inLines = Object.keys(verbs)
  .filter(isVerb)
  .filter((name) => fieldsOf(verbs[name]).every(({ kind }) => kind !== 'file'));

test.each(inLines)('%s means the same in a terminal and in a line', async (name) => {
  const { example } = verbs[name];
  const parsed = parseCommand(example);
  if (!parsed.ok) throw new Error(parsed.problem.message);
  const words = (example.match(/"[^"]*"|\S+/g) ?? []).map((word) => word.replaceAll('"', ''));
  const given = await byCommandLine(words);
  const fields = fieldsOf(verbs[name]);
  const options = Object(given.find((one) => typeof one === 'object' && one !== null && !Array.isArray(one)));
  const args = Object.fromEntries(
    fields
      .map((field): [string, unknown] => {
        const place = fields.filter((one) => one.positional).indexOf(field);
        const flag = field.name.replaceAll(/_(\w)/g, (_, letter: string) => letter.toUpperCase());
        return [field.name, field.positional ? given[place] : options[flag]];
      })
      .filter(([, value]) => value !== undefined),
  );
  expect([name, args]).toEqual([parsed.intent.command, parsed.intent.args]);
});

test('a plan in a line tells what it decides itself, that nothing was changed, and how it is applied', async () => {
  await cli.run('network', 'create', 'net1', '-y');
  const { stdout } = await cli.run('say', 'network create net2 in demo');
  expect(stdout).toContain('  networks.net2.mtu: ');
  expect(stdout).not.toContain('networks.net1.mtu');
  expect(stdout).toMatch(
    /✓ Planned: \d steps?, nothing was changed\n.*Apply it with: flotilla say apply [0-9a-f]{12}/s,
  );
});

test('a line is answered as in chat: a table, a sentence, or what could be said', async () => {
  expect((await cli.run('say', 'status')).stdout).toMatch(/CLUSTER.*\ndemo/);
  expect((await cli.run('say', 'host', 'ls')).stdout).toMatch(/^h1 +10\.79\.0\.1$/m);
  expect((await cli.run('say', 'network', 'ls', 'in', 'demo')).stdout).toBe('Networks: none\n');
  expect((await cli.run('say', 'lock demo for 30m : moving "the data"')).stdout).toContain('demo is locked by');
  expect((await cli.run('say', 'unlock', 'demo', '--reason', 'all moved')).stdout).toContain('is ended: all moved');
  const unknown = await cli.run('say', 'stauts');
  expect([unknown.code, unknown.stderr]).toEqual([2, expect.stringContaining('status')]);
});

test('what builds on a proposal that nobody has applied says so, in a line and in a terminal', async () => {
  await cli.run('network', 'create', 'net3', '-y');
  expect((await cli.run('say', 'network create net4 in demo')).stdout).not.toContain('It builds on');
  const second = await cli.run('say', 'network create net5 in demo');
  expect(second.stdout).toMatch(/^It builds on revision (\d+), which is proposed and not applied \(current is \d+\)/m);
  const third = await cli.run('network', 'create', 'net6', '--dry-run');
  expect(third.stdout).toMatch(/^It builds on revision \d+, which is proposed and not applied/m);
  const back = await cli.run('rollback', '1', '--dry-run');
  expect(back.stdout).not.toContain('It builds on');
});
