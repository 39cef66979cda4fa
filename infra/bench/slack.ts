import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { createClient, unwrap } from '#api/client.ts';
import type { RunningApi } from '#api/node.ts';
import { FakeSlack } from '#test/fakes/slack/fake-slack.ts';
import { addUser } from '#test/fakes/slack/workspace.ts';
import type { Bench } from './bench.ts';
import { startBenchApi } from './tools/start-api.ts';
import { rounded } from './tools/statistics.ts';

const settings = { commands: { type: 'string', default: '200' }, people: { type: 'string', default: '10' } } as const;

/** Different signed commands, all at once over HTTP: how long Slack waits, and that each is one operation. */
export const slack: Bench = async (args, { say }) => {
  const { values } = parseArgs({ args, options: settings });
  const commands = Number(values.commands);
  const dataDir = mkdtempSync(join(tmpdir(), 'flotilla-bench-slack-'));
  const fake: FakeSlack = new FakeSlack({ url: 'http://slack.test', app: (request) => overHttp(api.url, request) });
  const api: RunningApi = await startBenchApi({
    dataDir,
    listen: { host: '127.0.0.1', port: 0 },
    slack: {
      signingSecrets: [fake.workspace.signingSecret],
      botToken: fake.workspace.botToken,
      apiUrl: 'http://slack.test/api/',
      teams: [],
      fetch: async (request) => await fake.routes.fetch(request),
    },
  });
  try {
    const people = await crew(api, fake, { people: Number(values.people), hosts: commands });
    // A control plane that was in use before: who people are was asked, its code has run.
    for (let at = 0; at < commands; at += 1)
      await fake.command(people[at % people.length] ?? '', 'C0OPS', `host show h${at + 1}`);
    say(`${commands} commands of ${people.length} people at once`);
    const before = process.cpuUsage();
    const tookMs = await Promise.all(
      Array.from({ length: commands }, (_, at) =>
        timed(fake, people[at % people.length] ?? '', `host probe h${at + 1}`),
      ),
    );
    const { user, system } = process.cpuUsage(before);
    say(`processor time of Slack and Flotilla together: ${Math.round((user + system) / 1000)} ms`);
    const hosts = (await api.store.read.query.operations.findMany()).map(({ request }) =>
      request.kind === 'probe-host' ? request.host : request.kind,
    );
    const sorted = tookMs.toSorted((a, b) => a - b);
    const numbers = {
      commands,
      operations: hosts.length,
      duplicates: hosts.length - new Set(hosts).size,
      p50Ms: rounded(percentile(sorted, 0.5), 1),
      p99Ms: rounded(percentile(sorted, 0.99), 1),
    };
    const invalid = new Set(hosts).size === commands ? null : 'not every command became an operation';
    return { numbers, invalid };
  } finally {
    await api.close();
    rmSync(dataDir, { recursive: true, force: true });
  }
};

/** Persons with accounts, and hosts to ask about. */
async function crew(api: RunningApi, fake: FakeSlack, count: { people: number; hosts: number }): Promise<string[]> {
  const client = createClient({ baseUrl: api.url, token: api.adminToken ?? '' });
  for (let at = 1; at <= count.hosts; at += 1) {
    const json = { name: `h${at}`, address: `10.9.${at >> 8}.${at & 255}`, acceptNew: true };
    await unwrap(client.v1.hosts.$post({ json }));
  }
  const users = Array.from({ length: count.people }, (_, at) => `U0P${at + 1}`);
  for (const user of users) {
    addUser(fake.workspace, user);
    const { id } = await unwrap(client.v1.persons.$post({ json: { name: user.toLowerCase(), role: 'operator' } }));
    const json = { kind: 'slack', externalId: `${fake.workspace.team}/${user}` } as const;
    await unwrap(client.v1.persons[':person'].identities.$post({ param: { person: id }, json }));
  }
  return users;
}

const overHttp = async (url: string, request: Request): Promise<Response> =>
  await fetch(new URL('/slack/events', url), {
    method: 'POST',
    headers: request.headers,
    body: await request.arrayBuffer(),
  });

async function timed(fake: FakeSlack, user: string, text: string): Promise<number> {
  const started = performance.now();
  const response = await fake.command(user, 'C0OPS', text);
  if (!response.ok) throw new Error(`Slack was answered ${response.status}`);
  return performance.now() - started;
}

const percentile = (sorted: readonly number[], share: number): number =>
  sorted[Math.min(sorted.length - 1, Math.ceil(sorted.length * share) - 1)] ?? Number.NaN;
