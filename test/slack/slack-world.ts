import { unwrap } from '#api/client.ts';
import type { StartOptions } from '#api/node.ts';
import type { Role } from '#core/actor.ts';
import { FakeSlack } from '#test/fakes/slack/fake-slack.ts';
import { addUser, type FakeMessage, type FakeUser } from '#test/fakes/slack/workspace.ts';
import { createWorld, type World } from '#test/world.ts';

export const ops = 'C0OPS';

/** The control plane with a fake Slack at its door, on one clock. */
export interface SlackWorld {
  world: World;
  slack: FakeSlack;
  advance: (ms: number) => void;
  nowMs: () => number;
  /** A person with a role, linked to a new account of the workspace. */
  join: (
    name: string,
    role: Exclude<Role, 'worker'>,
    marks?: Partial<FakeUser>,
  ) => Promise<{ id: string; user: string }>;
  /** Types a command in #ops; the last that the person sees afterwards. */
  say: (user: string, text: string) => Promise<string>;
  /** Lets everything be told that is to be told, and gives all that everybody reads in #ops. */
  told: () => Promise<FakeMessage[]>;
  /** The id of the newest operation; empty where there is none. */
  newest: () => Promise<string>;
  /** The last message in #ops that stands below no other. */
  root: () => FakeMessage;
  /** What a person alone was shown in #ops, in order. */
  alone: (user: string) => string[];
  close: () => Promise<void>;
}

/**
 * @param publicUrl where people reach the API in a browser
 * @param before a Slack that was there before this control plane: it calls this one from now on.
 */
export async function createSlackWorld(
  options: Partial<StartOptions> = {},
  before?: FakeSlack,
  publicUrl: string | null = null,
): Promise<SlackWorld> {
  let aheadMs = 0;
  const nowMs = (): number => Date.now() + aheadMs;
  const app = (request: Request): Response | Promise<Response> => world.api.app.fetch(request);
  const slack: FakeSlack = before ?? new FakeSlack({ url: 'http://slack.test', nowMs, app });
  slack.app = app;
  const world: World = await createWorld({
    nowMs,
    slack: {
      signingSecrets: [slack.workspace.signingSecret],
      botToken: slack.workspace.botToken,
      apiUrl: 'http://slack.test/api/',
      teams: [],
      publicUrl,
      fetch: async (request) => await slack.routes.fetch(request),
      // Looked at by hand: `told()`. Whoever waits moves the clock on.
      lookMs: 3_600_000,
      pause: async (ms) => {
        await Promise.resolve();
        aheadMs += ms;
      },
    },
    ...options,
  });
  return {
    world,
    slack,
    nowMs,
    advance: (ms) => {
      aheadMs += ms;
    },
    async join(name, role, marks = {}) {
      const user = `U0${name.toUpperCase()}`;
      addUser(slack.workspace, user, { name, ...marks });
      const { id } = await unwrap(world.admin.v1.persons.$post({ json: { name, role } }));
      const json = { kind: 'slack', externalId: `${slack.workspace.team}/${user}` } as const;
      await unwrap(world.admin.v1.persons[':person'].identities.$post({ param: { person: id }, json }));
      return { id, user };
    },
    async say(user, text) {
      await slack.command(user, ops, text);
      return wordsOf(slack.transcript(ops, user).at(-1));
    },
    async told() {
      // Each look tells one thing of an operation: its message, what stands below it, its end.
      for (let look = 0; look < 4; look += 1) await world.api.tell?.();
      return slack.transcript(ops);
    },
    async newest() {
      const { items } = await unwrap(world.admin.v1.operations.$get({ query: { limit: '1' } }));
      return items[0]?.id ?? '';
    },
    root() {
      const found = slack.transcript(ops).findLast(({ threadTs }) => threadTs === null);
      if (found === undefined) throw new Error('nothing stands in the channel');
      return found;
    },
    alone: (user) =>
      slack
        .transcript(ops, user)
        .filter(({ onlyFor }) => onlyFor === user)
        .map((one) => wordsOf(one)),
    close: () => world.close(),
  };
}

/** Everything that a message shows, as one text. */
export const wordsOf = (message: FakeMessage | undefined): string =>
  message === undefined ? '' : `${message.text} ${JSON.stringify(message.blocks)}`;
