import type { Policy } from '#core/access/policy.ts';
import type { Subject } from '#core/access/subject.ts';
import type { Actor, Role, Source } from '#core/actor.ts';
import type { Change } from '#db/change.ts';
import type { Deps } from '../deps.ts';

/** Who calls, as the token says. */
export interface Caller {
  actor: Actor;
  /** The role of the person, or of the token where that is less. */
  role: Role;
  source: Source;
  /** Public id of the token. */
  token: string;
  expiresAt: string | null;
  /** Whose rights count, and the policy that was in force when the request came in. */
  subject: Subject;
  policy: Policy;
  /** Notices that the person has not seen yet. */
  notices: number;
}

/** The person who calls; null for a worker. */
export const personOf = ({ subject }: Caller): string | null => (subject.kind === 'person' ? subject.person : null);

/** The key of a request, and what it stands for. */
export interface Idempotency {
  principal: string;
  key: string;
  /** SHA-256 over method, address and body: the same key must mean the same request. */
  fingerprint: string;
  /** Set once the answer is on record, by whoever wrote it together with the act. */
  isKept: boolean;
}

/** What a verb gets beside its input. */
export interface Context {
  deps: Deps;
  caller: Caller;
  requestId: string;
  /** W3C's, of the span that the request is; without one nothing is traced. */
  traceparent?: string | undefined;
  /** Over HTTP: the Idempotency-Key of a request that may change something, null without one. */
  idempotency?: Idempotency | null;
  /** What a door adds to the commit that makes an operation, such as where its outcome is told. */
  onAccept?: (operation: string) => Change[];
  /** Slack's id of the channel where this was said. */
  place?: string;
}

/** The one argument of every verb. */
export interface Call<Input> {
  ctx: Context;
  input: Input;
}

/** Hono's variables: set by the middleware of app.ts. `caller` is there on every route below /v1. */
export interface AppEnv {
  Variables: {
    requestId: string;
    traceparent?: string | undefined;
    caller: Caller;
    idempotency?: Idempotency | null;
  };
}
