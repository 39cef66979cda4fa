import { afterAll, beforeAll, expect, test } from 'vitest';
import { unwrap } from '#api/client.ts';
import { type CiIssuer, createCiIssuer } from '#test/fakes/ci-issuer.ts';
import { createWorld, type World } from '#test/world.ts';
import { runCli } from './run-cli.ts';

/* `flotilla ci token`: a run of CI comes in, and is told why when it does not. */

let issuer: CiIssuer;
let world: World;
beforeAll(async () => {
  issuer = await createCiIssuer();
  world = await createWorld({ listen: { host: '127.0.0.1', port: 0 }, fetch: issuer.fetch });
  const { url: audience } = world.api;
  const json = { name: 'shop', provider: 'github' as const, audience, repository: '7', clusters: ['demo'] };
  await unwrap(world.admin.v1.ci.trusts.$post({ json }));
});
afterAll(() => world.close());

const claims = { repository_id: '7', repository: 'acme/shop', actor: 'ann' };
const idToken = (more: object = {}) => issuer.token({ ...claims, ...more }, { audience: world.api.url });
/** As in a job: no token of ours, no data folder. */
const comeIn = (stdin: string) => runCli(['ci', 'token'], { env: { FLOTILLA_URL: world.api.url }, stdin });

test('the token alone is on the standard output, and lets in', async () => {
  const { code, stdout, stderr } = await comeIn(`${await idToken()}\n`);
  expect({ code, stdout }).toEqual({ code: 0, stdout: expect.stringMatching(/^flt_ci_\S+\n$/) });
  expect(stderr).toMatch(/^Let in by the trust shop for demo, until /);
  const env = { FLOTILLA_URL: world.api.url, FLOTILLA_TOKEN: stdout.trim() };
  expect((await runCli(['whoami'], { env })).stdout).toContain('shop (ann)');
});

test('a run that no trust wants is told so, and nothing is on the standard output', async () => {
  const { code, stdout, stderr } = await comeIn(await idToken({ repository_id: '8' }));
  expect({ code, stdout }).toEqual({ code: 4, stdout: '' });
  expect(stderr).toContain('No trust wants this run (shop: the repository is 8)');
});

test.each(['', 'null\n'])('where the CI system gave no ID token (%o), what to configure is told', async (stdin) => {
  const { code, stdout, stderr } = await comeIn(stdin);
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  expect(stderr).toContain('`permissions: id-token: write` on GitHub, `id_tokens:` on GitLab');
});

test('who lets runs in is told the audience that they have to ask for, also in the list', async () => {
  const env = { FLOTILLA_URL: world.api.url, FLOTILLA_TOKEN: world.adminToken };
  const flags = ['--provider', 'gitlab', '--repository', '12', '--cluster', 'demo'];
  const { stdout } = await runCli(['ci', 'trust', 'other', ...flags], { env });
  expect(stdout).toContain(`with the audience ${world.api.url} (--audience names another one)`);
  const listed = (await runCli(['ci', 'trusts'], { env })).stdout;
  expect(listed.split('\n').filter((line) => line.includes(world.api.url))).toHaveLength(2);
});
