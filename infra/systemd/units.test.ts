import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { makeProgram } from '#cli/program.ts';

const folder = import.meta.dirname;
const units = readdirSync(folder).filter((name) => name.endsWith('.service'));

/** What a unit sets, by key; what is set twice is kept twice. */
const settingsOf = (name: string): Map<string, string[]> => {
  const settings = new Map<string, string[]>();
  for (const line of readFileSync(join(folder, name), 'utf8').split('\n')) {
    const [, key = '', value = ''] = /^([A-Za-z]+)=(.*)$/.exec(line) ?? [];
    if (key !== '') settings.set(key, [...(settings.get(key) ?? []), value]);
  }
  return settings;
};

describe.each(units)('%s', (name) => {
  const settings = settingsOf(name);

  test('starts a command that there is, as a user of its own', async () => {
    const program = await makeProgram(() => async () => {}, { version: '0', argv: [] });
    const command = settings.get('ExecStart')?.[0]?.split(' ')[1];
    expect(program.commands.map((one) => one.name())).toContain(command);
    expect(settings.get('User')?.[0]).toMatch(/^flotilla/);
  });

  test('may write nothing but its own folders, and has no right of root', () => {
    expect(settings.get('ProtectSystem')).toEqual(['strict']);
    expect(settings.get('CapabilityBoundingSet')).toEqual(['']);
    expect(settings.get('NoNewPrivileges')).toEqual(['yes']);
    expect(settings.get('Environment')?.[0]).toContain(
      `FLOTILLA_DATA=/var/lib/${settings.get('StateDirectory')?.[0]} `,
    );
  });

  test('gives an operation the time to come to the end of its step', () => {
    expect(Number(settings.get('TimeoutStopSec')?.[0])).toBeGreaterThan(30);
    // Redis is a process of the same unit and must outlive the first signal.
    expect(settings.get('KillMode')).toEqual(['mixed']);
  });
});

test('there is one for all in one, and one each for API and worker', () => {
  expect(units).toEqual(['flotilla-api.service', 'flotilla-worker.service', 'flotilla.service']);
});
