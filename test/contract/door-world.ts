import type { Client } from '#api/client.ts';
import { unwrap } from '#api/client.ts';
import { listen } from '#api/listen.ts';
import type { Role } from '#core/actor.ts';
import { createEdgeWorld } from '#test/edge-world.ts';
import { FakeSlack } from '#test/fakes/slack/fake-slack.ts';
import { addUser } from '#test/fakes/slack/workspace.ts';
import { createWorld } from '#test/world.ts';
import { freePort } from '../../infra/edge/free-port.ts';

/** A whole control plane and a Slack before its door, whatever it runs on. */
export interface DoorWorld extends Runtime {
  slack: FakeSlack;
  /** A person with a role, linked to a new account of the workspace. */
  join: (name: string, role: Exclude<Role, 'worker'>) => Promise<{ id: string; user: string }>;
}

interface Runtime {
  admin: Client;
  worker: Client;
  clientOf: (token: string) => Client;
  fetch: (request: Request) => Promise<Response>;
  /** Without what only tests look at. */
  bareFetch: (request: Request) => Response | Promise<Response>;
  close: () => Promise<void>;
}

interface SlackOf {
  signingSecret: string;
  botToken: string;
  apiUrl: string;
}

export type OpenDoor = () => Promise<DoorWorld>;

/** Node and SQLite, in this process. */
export const openNodeDoor: OpenDoor = () =>
  doorOf(async ({ signingSecret, botToken, apiUrl }) => {
    const world = await createWorld({ slack: { signingSecrets: [signingSecret], botToken, apiUrl, teams: [] } });
    return { ...world, bareFetch: (request) => world.api.app.fetch(request) };
  });

/** workerd and D1: the very bundle that is deployed. */
export const openEdgeDoor: OpenDoor = () =>
  doorOf(async ({ signingSecret, botToken, apiUrl }) => {
    const world = await createEdgeWorld({
      SLACK_SIGNING_SECRET: signingSecret,
      SLACK_BOT_TOKEN: botToken,
      SLACK_API_URL: apiUrl,
    });
    return { ...world, bareFetch: world.fetch };
  });

async function doorOf(start: (slack: SlackOf) => Promise<Runtime>): Promise<DoorWorld> {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const slack = new FakeSlack({ url, app: (request) => runtime.bareFetch(request) });
  const server = await listen((request) => slack.routes.fetch(request), { host: '127.0.0.1', port });
  const { signingSecret, botToken, team } = slack.workspace;
  const runtime = await start({ signingSecret, botToken, apiUrl: `${url}/api/` });
  return {
    ...runtime,
    slack,
    async join(name, role) {
      const user = `U0${name.toUpperCase()}`;
      addUser(slack.workspace, user, { name });
      const { id } = await unwrap(runtime.admin.v1.persons.$post({ json: { name, role } }));
      const json = { kind: 'slack', externalId: `${team}/${user}` } as const;
      await unwrap(runtime.admin.v1.persons[':person'].identities.$post({ param: { person: id }, json }));
      return { id, user };
    },
    async close() {
      await runtime.close();
      await server.close();
    },
  };
}
