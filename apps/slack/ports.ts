import type { Approval, Vote } from '#core/approval/approval.ts';
import type { CommandAnswer } from '#core/command/answer.ts';
import type { Command, Intent } from '#core/command/command.ts';
import type { Envelope } from './envelope.ts';

/* What the Slack app is given by the control plane. It knows no database and no verb by itself. */

export interface SlackUser {
  team: string;
  user: string;
}

/** Where something was said, and to whom its outcome is told. */
export interface Place extends SlackUser {
  channel: string;
  audience: 'channel' | 'asker';
}

/** A person at the door of Slack, known by the identity that links the account to him. */
export interface Visitor {
  name: string;
  /** What may be suggested to him; the verb itself decides. */
  mayUse: (command: Command) => boolean;
  /** The one command verb. @throws AppError what the verb refuses */
  run: (intent: Intent, place: Place) => Promise<CommandAnswer>;
  /** Whether what a command did is told in the place where it was said, because that follows the cluster. */
  isTold: (intent: Intent, place: Place) => Promise<boolean>;
  /** @throws AppError why the vote does not count */
  vote: (vote: SlackVote) => Promise<Approval>;
}

/** A vote on the plan that was shown, and on no other. */
export interface SlackVote {
  approval: string;
  digest: string;
  verdict: Vote['verdict'];
  /** The name of the cluster, as it was typed. */
  confirm: string | null;
  reason: string | null;
}

export interface ControlPlane {
  /** Null: nobody is linked to this account. */
  visitor: (who: SlackUser) => Promise<Visitor | null>;
  /** Puts on record that somebody was not let in. */
  turnedAway: (who: SlackUser, why: string) => Promise<void>;
  /** Stores what came in, for good. */
  store: (envelope: Envelope) => Promise<'new' | 'repeat'>;
  /** Puts on record that a request was not Slack's, or not of our workspace. */
  refused: (why: string, detail: string) => Promise<void>;
}
