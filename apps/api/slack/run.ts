import type { Doors } from '../app.ts';
import type { Deps } from '../deps.ts';
import type { SlackDoor, SlackSettings } from '#slack/slack-app.ts';
import { rest } from '#core/rest.ts';
import { groupsEveryMs } from './keep-groups.ts';
import { openSlack } from './open.ts';
import type { SlackRuntime } from './runtime.ts';

export interface SlackOptions extends SlackSettings, SlackRuntime {
  /** How often it is looked for what is to be told. */
  lookMs?: number;
}

/** How often the feed looks for what is to be told. */
const lookMs = 700;

export interface RunningSlack {
  doors: Doors;
  /** Looks once, and waits until what is new was sent. */
  tell: () => Promise<void>;
  close: () => Promise<void>;
}

/**
 * Slack on Node: the door, the connection of Socket Mode where a token for it is set, and the feed that looks again and
 * again. Starts whether Slack is there or not.
 */
export async function runSlack(deps: Deps, options: SlackOptions): Promise<RunningSlack> {
  const { door, tells, groups } = openSlack(deps, options, options);
  const socket = await socketOf(deps, options, door);
  const look = async (): Promise<void> => {
    await groups(groupsEveryMs);
    await tells.look();
  };
  void groups(groupsEveryMs);
  const timer = setInterval(() => void look(), options.lookMs ?? lookMs);
  return {
    doors: { slack: door },
    tell: async () => {
      await look();
      await tells.idle();
    },
    close: async () => {
      clearInterval(timer);
      await socket?.close();
      await tells.close();
    },
  };
}

async function socketOf(deps: Deps, { appToken = null, apiUrl, pause = rest }: SlackOptions, door: SlackDoor) {
  if (appToken === null) return null;
  const { socketMode } = await import('./socket-mode.ts');
  return socketMode({ appToken, apiUrl, receive: door.receive, pause, log: deps.log });
}
