import { textAt } from '#core/member.ts';
import type { Payload } from './payload.ts';

/** What came from Slack, as it is stored before anything is done with it. */
export interface Envelope {
  /** Names what was meant, so that a repeat of it is known: an event's id, a click's time, a command's trigger. */
  key: string;
  kind: 'command' | 'action' | 'view' | 'event' | 'options' | 'other';
  team: string | null;
  user: string | null;
  payload: Payload;
}

const kinds: Readonly<Record<string, Envelope['kind']>> = {
  block_actions: 'action',
  view_submission: 'view',
  view_closed: 'view',
  event_callback: 'event',
  block_suggestion: 'options',
};

/** Pure: the envelope of a payload. `digest` names the request itself, where Slack gives no id of its own. */
export function envelopeOf(payload: Payload, digest: string): Envelope {
  const kind = textAt(payload, 'command') === null ? (kinds[textAt(payload, 'type') ?? ''] ?? 'other') : 'command';
  return {
    key: `${kind}:${ownId(kind, payload) ?? digest}`,
    kind,
    team: textAt(payload, 'team_id') ?? textAt(payload, 'team', 'id') ?? textAt(payload, 'user', 'team_id'),
    user: textAt(payload, 'user_id') ?? textAt(payload, 'user', 'id') ?? textAt(payload, 'event', 'user'),
    payload,
  };
}

/** `trigger_id` is new with each command and click; events keep their id when they are sent again. */
function ownId(kind: Envelope['kind'], payload: Payload): string | null {
  if (kind === 'event') return textAt(payload, 'event_id');
  if (kind === 'command' || kind === 'action' || kind === 'view') return textAt(payload, 'trigger_id');
  return null;
}
