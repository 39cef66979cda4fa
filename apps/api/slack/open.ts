import { rest } from '#core/rest.ts';
import { type SlackDoor, slackDoor, type SlackSettings } from '#slack/slack-app.ts';
import { telling, type Tells } from '#slack/progress/telling.ts';
import { webApi } from '#slack/web/web-api.ts';
import type { Deps } from '../deps.ts';
import { countedDoor, countedRuntime } from './counted.ts';
import { controlPlane } from './control-plane.ts';
import { feedStore } from './feed-store.ts';
import { followStore } from './follow-store.ts';
import { type KeepGroups, keepGroups } from './keep-groups.ts';
import type { SlackRuntime } from './runtime.ts';

export interface OpenSlack {
  door: SlackDoor;
  /** What is told of operations; looked at by whoever runs it, again and again. */
  tells: Tells;
  /** Who is in the groups of the policy; kept by whoever runs it, again and again. */
  groups: KeepGroups;
}

/** Slack's way in and out, with what only the control plane has. Calls nobody until it has to: Slack may be away. */
export function openSlack(deps: Deps, settings: SlackSettings, runtime: SlackRuntime = {}): OpenSlack {
  const { nowMs, log, meter, hmac } = deps;
  const own = { nowMs, log, ...(hmac === undefined ? {} : { hmac }) };
  const { fetch, pause } = countedRuntime({ fetch: callOut, pause: rest, ...runtime }, meter);
  const web = webApi({ apiUrl: settings.apiUrl, botToken: settings.botToken, fetch });
  const groups = keepGroups(deps, web);
  return {
    groups,
    door: countedDoor(slackDoor({ settings, plane: controlPlane(deps, groups), web, fetch, ...own }), meter),
    tells: telling({ ...feedStore(deps, settings.publicUrl ?? null), ...followStore(deps), web, nowMs, pause, log }),
  };
}

/** Not the function itself: workerd takes `fetch` only by its own name. */
const callOut = (request: Request): Promise<Response> => fetch(request);
