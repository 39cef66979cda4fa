import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { idleProgram, unknownFlags, wordsOf } from './named-commands.ts';
import { played } from './played.ts';

/* The pipelines that people copy: they are read, and every command in them is one of ours with the flags that it has. */

const textOf = (name: string): string => readFileSync(new URL(`../../examples/ci/${name}`, import.meta.url), 'utf8');

const githubSchema = z.looseObject({
  permissions: z.record(z.string(), z.string()),
  jobs: z.record(
    z.string(),
    z.looseObject({ steps: z.array(z.looseObject({ name: z.string().optional(), run: z.string().optional() })) }),
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

/** The words of every `flotilla …` in a text, in comments too. */
const commandsIn = (text: string): string[][] =>
  [...text.matchAll(/(?<=^|[\s;&|])flotilla ((?:"[^"]*"|[^\n>|#")])+)/g)].map(([, words = '']) => wordsOf(words));

let program: Awaited<ReturnType<typeof idleProgram>>;
beforeAll(async () => {
  program = await idleProgram();
});

describe.each(['github-actions.yml', 'gitlab-ci.yml'])('%s', (name) => {
  test('has commands of ours only, with flags that they have', () => {
    const found = commandsIn(textOf(name));
    expect(found.map((words) => words.slice(0, 2).join(' ')).toSorted()).toEqual([
      'ci token',
      'ci trust',
      'ops watch',
      'service update',
    ]);
    for (const words of found) expect(unknownFlags(program, words)).toEqual([]);
  });

  test('gets the command before it needs it, and keeps the report also when it failed', () => {
    expect(textOf(name)).toMatch(/git clone .*"\$FLOTILLA_REPOSITORY"[^]*npm ci[^]*npm link[^]*flotilla ci token/);
    expect(textOf(name)).toMatch(/if: always\(\)|when: always/);
    expect(textOf(name)).toContain('--output junit > flotilla.xml');
  });

  test('passes no secret in a command line, and asks for an identity of the run instead', () => {
    expect(textOf(name)).toMatch(/id-token: write|id_tokens:/);
    expect(textOf(name)).not.toMatch(/flt_|whsec_|--token /);
  });
});

const stepOf = (name: string): string =>
  Object.values(github.jobs)
    .flatMap(({ steps }) => steps)
    .find((step) => step.name === name)?.run ?? '';
const gitlabDeploy = jobSchema.parse(gitlab['deploy']);

/** As the two systems start their shells where a job names none: GitHub without `pipefail`. */
const shells = { github: ['bash', '-e'], gitlab: ['bash', '-eo', 'pipefail'] };
const refuses = 'cat > asked; echo "Error: No trust wants this run" >&2; exit 4';

describe('a run that is not let in', () => {
  test('ends the step on GitHub, with the reason, before anything is deployed', () => {
    const commands = { curl: 'echo "{}"', jq: 'echo id-token', flotilla: refuses };
    const { code, stderr, left } = played(stepOf('Come in'), {
      shell: shells.github,
      commands,
      env: { GITHUB_ENV: 'env', FLOTILLA_URL: 'https://flotilla.test' },
    });
    expect({ code, stderr, left }).toEqual({
      code: 4,
      stderr: 'Error: No trust wants this run\n',
      left: { asked: 'id-token\n' },
    });
  });

  test('ends the job on GitLab, with the reason', () => {
    const commands = { 'apt-get': '', git: '', flotilla: refuses };
    const script = gitlabDeploy.before_script.filter((line) => !line.includes('npm ')).join('\n');
    const env = { FLOTILLA_ID_TOKEN: 'id-token' };
    const { code, stderr, left } = played(script, { shell: shells.gitlab, commands, env });
    expect({ code, stderr }).toEqual({ code: 4, stderr: 'Error: No trust wants this run\n' });
    expect(left).toEqual({ asked: 'id-token', '.flotilla-token': '' });
  });
});

test('a change that was refused leaves no operation to be watched', () => {
  const commands = { jq: '', flotilla: 'touch watched' };
  expect(played(stepOf('Keep what was found'), { shell: shells.github, commands })).toMatchObject({
    code: 0,
    left: {},
  });
  const after = played(gitlabDeploy.after_script.join('\n'), { shell: shells.gitlab, commands });
  expect(after).toMatchObject({ code: 0, left: {} });
});

describe('gitlab-ci.yml tells the commit', () => {
  /** What the job does after its script, with commands that only write down what they were given. */
  const afterScript = (env: Record<string, string>): Record<string, string> => {
    const commands = {
      curl: 'printf "%s\\n" "$@" > curl.args; cat > curl.stdin',
      flotilla: 'exit 8',
      jq: 'echo op_1',
    };
    const known = { CI_API_V4_URL: 'https://gitlab.test/api/v4', CI_PROJECT_ID: '7', CI_COMMIT_SHA: 'abc' };
    const more = { CI_JOB_URL: 'https://gitlab.test/jobs/1', CI_PIPELINE_ID: '9' };
    const script = gitlabDeploy.after_script.join('\n');
    return played(script, { shell: shells.gitlab, commands, env: { ...known, ...more, ...env } }).left;
  };

  test.each([
    ['success', 'state=success'],
    ['failed', 'state=failed'],
    ['canceled', 'state=canceled'],
  ])('that the job is %s, with the token on the standard input alone', (status, state) => {
    const told = afterScript({ CI_JOB_STATUS: status, GITLAB_STATUS_TOKEN: 'glpat-secret' });
    const asked = told['curl.args'];
    expect(asked?.split('\n')).toEqual(expect.arrayContaining([state, 'name=flotilla', 'pipeline_id=9']));
    expect(asked).toContain('https://gitlab.test/api/v4/projects/7/statuses/abc');
    expect(asked).not.toContain('glpat-secret');
    expect(told['curl.stdin']).toBe('PRIVATE-TOKEN: glpat-secret');
  });

  test('only where a token is configured', () => {
    expect(afterScript({ CI_JOB_STATUS: 'success' })).not.toHaveProperty('curl.args');
  });
});
