/** A person of the fake workspace, with the marks by which Slack tells strangers and guests apart. */
export interface FakeUser {
  id: string;
  name: string;
  team: string;
  isBot: boolean;
  deleted: boolean;
  /** Multi-channel guest; `isUltraRestricted`: of one channel only. */
  isRestricted: boolean;
  isUltraRestricted: boolean;
  /** From another workspace, in a shared channel. */
  isStranger: boolean;
}

export interface FakeChannel {
  id: string;
  name: string;
  /** Whether the app is in it: without, posting is refused with `not_in_channel`. */
  appIsMember: boolean;
  archived: boolean;
}

export interface FakeGroup {
  id: string;
  handle: string;
  users: string[];
}

export interface FakeMessage {
  channel: string;
  ts: string;
  threadTs: string | null;
  /** Seen by this person only; such a message cannot be updated by `chat.update`. */
  onlyFor: string | null;
  text: string;
  blocks: unknown[];
  edits: number;
  /** What the app called it when it posted it. */
  clientId?: string;
}

export interface FakeView {
  id: string;
  user: string;
  hash: string;
  view: Record<string, unknown>;
}

export interface Workspace {
  team: string;
  botToken: string;
  appToken: string;
  signingSecret: string;
  users: Map<string, FakeUser>;
  channels: Map<string, FakeChannel>;
  groups: Map<string, FakeGroup>;
  messages: FakeMessage[];
  views: Map<string, FakeView>;
}

/** A workspace with a channel `#ops`, and the app in it. */
export function newWorkspace(team = 'T0FAKE'): Workspace {
  return {
    team,
    botToken: 'xoxb-fake-bot-token',
    appToken: 'xapp-fake-app-token',
    signingSecret: 'fake-signing-secret',
    users: new Map(),
    channels: new Map([['C0OPS', { id: 'C0OPS', name: 'ops', appIsMember: true, archived: false }]]),
    groups: new Map(),
    messages: [],
    views: new Map(),
  };
}

export function addUser(workspace: Workspace, id: string, marks: Partial<FakeUser> = {}): FakeUser {
  const user: FakeUser = {
    id,
    name: id.toLowerCase(),
    team: workspace.team,
    isBot: false,
    deleted: false,
    isRestricted: false,
    isUltraRestricted: false,
    isStranger: false,
    ...marks,
  };
  workspace.users.set(id, user);
  return user;
}
