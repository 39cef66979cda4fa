import { Hono } from 'hono';
import { checkMessage, checkView } from './limits.ts';
import type { RateLimits } from './rates.ts';
import type { Triggers } from './triggers.ts';
import type { FakeChannel, FakeMessage, FakeUser, Workspace } from './workspace.ts';

export interface WebApiDeps {
  workspace: Workspace;
  rates: RateLimits;
  triggers: Triggers;
  nowMs: () => number;
  /** For tests: what a method answers instead, such as `ok: false`. */
  instead: Map<string, () => Response | Promise<Response>>;
  /** Where Socket Mode connects to. */
  socketUrl: () => string;
}

type Args = Readonly<Record<string, string>>;
type Answer = Record<string, unknown>;
type Method = (deps: WebApiDeps, args: Args) => Answer;

/** `POST /api/<method>` as Slack has it: 200 with `ok`, 429 with Retry-After. */
export function webApi(deps: WebApiDeps): Hono {
  return new Hono().post('/api/:method', async (c) => {
    const method = c.req.param('method');
    const token = c.req.header('authorization')?.replace(/^Bearer /, '');
    const instead = deps.instead.get(method);
    if (instead !== undefined) return instead();
    const { workspace } = deps;
    const expected = method === 'apps.connections.open' ? workspace.appToken : workspace.botToken;
    if (token !== expected) return c.json({ ok: false, error: token === undefined ? 'not_authed' : 'invalid_auth' });
    const args = await argsOf(c.req.raw);
    const waitS = deps.rates.take(method, args['channel'] ?? '');
    if (waitS > 0) return c.json({ ok: false, error: 'ratelimited' }, 429, { 'retry-after': String(waitS) });
    const run = methods[method];
    return c.json(run === undefined ? { ok: false, error: 'unknown_method' } : run(deps, args));
  });
}

async function argsOf(request: Request): Promise<Args> {
  const text = await request.text();
  if (!(request.headers.get('content-type') ?? '').includes('json'))
    return Object.fromEntries(new URLSearchParams(text));
  const body: unknown = JSON.parse(text === '' ? '{}' : text);
  return Object.fromEntries(
    Object.entries(Object(body)).map(([key, value]) => [
      key,
      typeof value === 'string' ? value : JSON.stringify(value),
    ]),
  );
}

const failed = (error: string): Answer => ({ ok: false, error });

const methods: Readonly<Record<string, Method>> = {
  'auth.test': ({ workspace }) => ({
    ok: true,
    team_id: workspace.team,
    user_id: 'U0BOT',
    bot_id: 'B0BOT',
    team: 'fake',
  }),
  'chat.postMessage': (deps, args) => post(deps, args, null),
  'chat.postEphemeral': (deps, args) => post(deps, args, args['user'] ?? ''),
  'chat.update': update,
  'views.open': openView,
  'views.push': openView,
  'views.update': updateView,
  'users.info': ({ workspace }, args) => {
    const user = workspace.users.get(args['user'] ?? '');
    return user === undefined ? failed('user_not_found') : { ok: true, user: userView(user) };
  },
  'usergroups.list': ({ workspace }) => ({
    ok: true,
    usergroups: [...workspace.groups.values()].map(({ id, handle, users }) => ({
      id,
      handle,
      user_count: users.length,
    })),
  }),
  'usergroups.users.list': ({ workspace }, args) => {
    const group = workspace.groups.get(args['usergroup'] ?? '');
    return group === undefined ? failed('no_such_subteam') : { ok: true, users: group.users };
  },
  'apps.connections.open': ({ socketUrl }) => ({ ok: true, url: socketUrl() }),
};

const userView = (user: FakeUser): Answer => ({
  id: user.id,
  name: user.name,
  real_name: user.name,
  team_id: user.team,
  deleted: user.deleted,
  is_bot: user.isBot,
  is_restricted: user.isRestricted,
  is_ultra_restricted: user.isUltraRestricted,
  is_stranger: user.isStranger,
});

function post({ workspace, nowMs }: WebApiDeps, args: Args, onlyFor: string | null): Answer {
  const channel = workspace.channels.get(args['channel'] ?? '') ?? directMessage(workspace, args['channel'] ?? '');
  if (channel === undefined) return failed('channel_not_found');
  if (channel.archived) return failed('is_archived');
  if (!channel.appIsMember) return failed('not_in_channel');
  if (onlyFor !== null && !workspace.users.has(onlyFor)) return failed('user_not_in_channel');
  const text = args['text'] ?? '';
  const blocks = listOf(args['blocks']);
  const refused = checkMessage(text, blocks);
  if (refused !== null) return failed(refused);
  const clientId = args['client_msg_id'];
  // Not documented but for its errors: a message that comes again under its id is the one that is there.
  const before = clientId === undefined ? undefined : workspace.messages.find((one) => one.clientId === clientId);
  if (before !== undefined)
    return { ok: true, channel: before.channel, ts: before.ts, message: { text: before.text, ts: before.ts } };
  const message: FakeMessage = {
    ...(clientId === undefined ? {} : { clientId }),
    channel: channel.id,
    ts: timestamp(workspace, nowMs()),
    threadTs: args['thread_ts'] ?? null,
    onlyFor,
    text,
    blocks,
    edits: 0,
  };
  workspace.messages.push(message);
  return onlyFor === null
    ? { ok: true, channel: channel.id, ts: message.ts, message: { text, ts: message.ts } }
    : { ok: true, message_ts: message.ts };
}

/** Posting to a user's id is a direct message, in a channel of its own. */
function directMessage({ users, channels }: Workspace, user: string): FakeChannel | undefined {
  if (!users.has(user)) return undefined;
  const id = `D${user.slice(1)}`;
  const channel = channels.get(id) ?? { id, name: user, appIsMember: true, archived: false };
  channels.set(id, channel);
  return channel;
}

function update({ workspace }: WebApiDeps, args: Args): Answer {
  const message = workspace.messages.find(({ ts, channel }) => ts === args['ts'] && channel === args['channel']);
  if (!workspace.channels.has(args['channel'] ?? '')) return failed('channel_not_found');
  if (message === undefined || message.onlyFor !== null) return failed('message_not_found');
  const text = args['text'] ?? '';
  const blocks = listOf(args['blocks']);
  const refused = checkMessage(text, blocks);
  if (refused !== null) return failed(refused);
  Object.assign(message, { text, blocks, edits: message.edits + 1 });
  return { ok: true, channel: message.channel, ts: message.ts, text };
}

function openView({ workspace, triggers }: WebApiDeps, args: Args): Answer {
  const user = triggers.use(args['trigger_id'] ?? '');
  if (typeof user !== 'object') return failed(user);
  const view = objectOf(args['view']);
  const refused = checkView(view);
  if (refused !== null) return failed(refused);
  const id = `V${workspace.views.size + 1}`;
  workspace.views.set(id, { id, user: user.user, hash: `h1-${id}`, view });
  return { ok: true, view: { id, hash: `h1-${id}`, ...view } };
}

function updateView({ workspace }: WebApiDeps, args: Args): Answer {
  const known = workspace.views.get(args['view_id'] ?? '');
  if (known === undefined) return failed('not_found');
  if (args['hash'] !== undefined && args['hash'] !== known.hash) return failed('hash_conflict');
  const view = objectOf(args['view']);
  const refused = checkView(view);
  if (refused !== null) return failed(refused);
  Object.assign(known, { view, hash: `${known.hash}+` });
  return { ok: true, view: { id: known.id, hash: known.hash, ...view } };
}

export const listOf = (text: string | undefined): unknown[] => {
  const value: unknown = JSON.parse(text === undefined || text === '' ? '[]' : text);
  return Array.isArray(value) ? value : [];
};

const objectOf = (text: string | undefined): Record<string, unknown> => ({ ...Object(JSON.parse(text ?? '{}')) });

/** Seconds and a running number: no two messages have the same. */
export const timestamp = ({ messages }: Workspace, nowMs: number): string =>
  `${Math.floor(nowMs / 1000)}.${String(messages.length + 1).padStart(6, '0')}`;
