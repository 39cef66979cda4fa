import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Command } from 'commander';
import { beforeAll, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { makeProgram } from '#cli/program.ts';
import { createWorld } from '#test/world.ts';

/* The pipelines that people copy: they are read, and every command in them is one of ours with the flags that it has. */

const textOf = (name: string): string => readFileSync(new URL(`../../examples/ci/${name}`, import.meta.url), 'utf8');

const githubSchema = z.looseObject({
  permissions: z.record(z.string(), z.string()),
  jobs: z.record(
    z.string(),
    z.looseObject({ steps: z.array(z.looseObject({ run: z.string().optional(), uses: z.string().optional() })) }),
  ),
});
const jobSchema = z.looseObject({
  before_script: z.array(z.string()).default([]),
  script: z.array(z.string()),
  after_script: z.array(z.string()).default([]),
  artifacts: z.looseObject({ reports: z.record(z.string(), z.string()).optional() }).optional(),
});

const github = githubSchema.parse(parse(textOf('github-actions.yml')));
const { stages, ...jobs } = z.looseObject({ stages: z.array(z.string()) }).parse(parse(textOf('gitlab-ci.yml')));
const gitlab = z.record(z.string(), jobSchema.extend({ stage: z.enum(stages) })).parse(jobs);

const scripts: Record<string, string[]> = {
  'github-actions.yml': Object.values(github.jobs).flatMap(({ steps }) => steps.flatMap(({ run }) => run ?? [])),
  'gitlab-ci.yml': Object.values(gitlab).flatMap((job) => [...job.before_script, ...job.script, ...job.after_script]),
};

/** The words of every `flotilla …` in a text, in comments too. */
const commandsIn = (text: string): string[][] =>
  [...text.matchAll(/(?<=^|[\s;&|])flotilla ((?:"[^"]*"|[^\n>|#"])+)/g)].map(([, words = '']) =>
    (words.match(/"[^"]*"|\S+/g) ?? []).map((word) => word.replaceAll('"', '')),
  );

let program: Command;
beforeAll(async () => {
  program = await makeProgram(() => async () => {}, { version: 'test', argv: ['service'] });
});

function commandOf(words: readonly string[]): { command: Command; flags: string[] } {
  let command = program;
  const rest = [...words];
  for (;;) {
    const next = command.commands.find((one) => one.name() === rest[0]);
    if (next === undefined) break;
    command = next;
    rest.shift();
  }
  if (command.commands.length > 0) throw new Error(`flotilla ${words.join(' ')} is no command`);
  return { command, flags: rest.filter((word) => word.startsWith('--')) };
}

describe.each(['github-actions.yml', 'gitlab-ci.yml'])('%s', (name) => {
  test('has commands of ours only, with flags that they have', () => {
    const found = commandsIn(textOf(name));
    expect(found.map((words) => words.slice(0, 2).join(' ')).toSorted()).toEqual([
      'ci trust',
      'ops watch',
      'service update',
    ]);
    for (const words of found) {
      const { command, flags } = commandOf(words);
      const known = [...command.options, ...program.options].map(({ long }) => long);
      expect(flags.filter((flag) => !known.includes(flag))).toEqual([]);
    }
  });

  test('asks the API at a path that is there, and keeps the report also when it failed', async () => {
    const world = await createWorld();
    try {
      const paths = Object.keys(Object(await (await world.api.app.request('/openapi.json')).json()).paths);
      const asked = scripts[name]?.join('\n').match(/\$FLOTILLA_URL(\/[\w/]+)/)?.[1];
      expect(paths).toContain(asked);
    } finally {
      await world.close();
    }
    expect(textOf(name)).toMatch(/if: always\(\)|when: always/);
    expect(textOf(name)).toContain('--output junit > flotilla.xml');
  });

  test('passes no secret in a command line, and asks for an identity of the run instead', () => {
    expect(textOf(name)).toMatch(/id-token: write|id_tokens:/);
    expect(textOf(name)).not.toMatch(/flt_|whsec_|--token /);
  });
});

/** Runs what the GitLab job does after its script, with commands that only write down what they were given. */
async function afterScript(env: Record<string, string>): Promise<{ curl: string; stdin: string } | null> {
  const folder = mkdtempSync(join(tmpdir(), 'flotilla-example-'));
  try {
    const put = (name: string, text: string): void => writeFileSync(join(folder, name), text, { mode: 0o755 });
    put('curl', '#!/bin/sh\nprintf "%s\\n" "$@" > curl.args\ncat > curl.stdin\n');
    put('flotilla', '#!/bin/sh\nexit 8\n');
    put('jq', '#!/bin/sh\necho op_1\n');
    const script = gitlab['deploy']?.after_script.join('\n') ?? '';
    const known = { CI_API_V4_URL: 'https://gitlab.test/api/v4', CI_PROJECT_ID: '7', CI_COMMIT_SHA: 'abc' };
    const more = { CI_JOB_URL: 'https://gitlab.test/jobs/1', CI_PIPELINE_ID: '9' };
    await promisify(execFile)('bash', ['-euo', 'pipefail', '-c', script], {
      cwd: folder,
      env: { PATH: `${folder}:/usr/bin:/bin`, ...known, ...more, ...env },
    });
    if (!existsSync(join(folder, 'curl.args'))) return null;
    const read = (name: string): string => readFileSync(join(folder, name), 'utf8');
    return { curl: read('curl.args'), stdin: read('curl.stdin') };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

describe('gitlab-ci.yml tells the commit', () => {
  test.each([
    ['success', 'state=success'],
    ['failed', 'state=failed'],
    ['canceled', 'state=canceled'],
  ])('that the job is %s, with the token on the standard input alone', async (status, state) => {
    const told = await afterScript({ CI_JOB_STATUS: status, GITLAB_STATUS_TOKEN: 'glpat-secret' });
    expect(told?.curl.split('\n')).toEqual(expect.arrayContaining([state, 'name=flotilla', 'pipeline_id=9']));
    expect(told?.curl).toContain('https://gitlab.test/api/v4/projects/7/statuses/abc');
    expect(told?.curl).not.toContain('glpat-secret');
    expect(told?.stdin).toBe('PRIVATE-TOKEN: glpat-secret');
  });

  test('only where a token is configured', async () => {
    expect(await afterScript({ CI_JOB_STATUS: 'success' })).toBeNull();
  });
});
