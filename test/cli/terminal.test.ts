import { existsSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { unwrap } from '#api/client.ts';
import { addHosts } from '#test/api/demo.ts';
import { createCliWorld, type CliWorld } from './cli-world.ts';
import { bundled, node, startCli } from './run-cli.ts';

/* util-linux's `script` gives a command a terminal of its own; every Debian has it. */
const hasScript = existsSync('/usr/bin/script');

let cli: CliWorld;
let file: string;
beforeEach(async () => {
  cli = await createCliWorld();
  await addHosts(cli.world.admin, 'h1');
  file = cli.file('one.yaml', 'cluster: demo\nnodes:\n  h1: { role: manager }\n');
});
afterEach(() => cli.close());

/** Runs a command line in a terminal and types into it. */
const inTerminal = (args: string[], typed: string) => {
  const line = [node, ...bundled('flotilla'), ...args].map((word) => `'${word}'`).join(' ');
  return startCli(['--quiet', '--return', '--command', line, '/dev/null'], {
    env: cli.env,
    program: ['script'],
    stdin: typed,
  });
};

const revisionStates = async () => {
  const { items } = await unwrap(
    cli.world.admin.v1.clusters[':cluster'].revisions.$get({ param: { cluster: 'demo' }, query: {} }),
  );
  return items.map(({ state }) => state);
};

describe.runIf(hasScript)('at a terminal', () => {
  test('the plan is shown and applied after a yes, in colour, with steps drawn in place', async () => {
    const { code, stdout } = await inTerminal(['apply', '-f', file], 'y\n').ended;
    expect(stdout).toMatch(/Plan for cluster demo.*Apply\? \[y\/N\].*Done/s);
    expect(stdout).toContain('\u001B[32m✓\u001B[39m');
    expect(stdout).toContain('\u001B[K');
    expect(code).toBe(0);
    expect(await revisionStates()).toEqual(['current']);
  });

  test('anything but yes changes nothing and takes the proposal back', async () => {
    const { code, stdout } = await inTerminal(['apply', '-f', file, '--no-color'], 'what?\n').ended;
    expect(stdout).toContain('Nothing was changed.');
    expect(stdout).not.toContain('\u001B[32m');
    expect(code).toBe(9);
    expect(await revisionStates()).toEqual(['withdrawn']);
  });
});
