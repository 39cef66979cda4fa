import type { Role } from '../actor.ts';
import type { Groups } from './groups.ts';

/** By what a person is known at a door: a token now; a Slack user, a subject of a CI system. */
export const identityKinds = ['token', 'slack', 'ci'] as const;
export type IdentityKind = (typeof identityKinds)[number];

/** Whose rights are in question. A person has the same rights under all his identities, but for what a scope narrows. */
export type Subject =
  | {
      kind: 'person';
      person: string;
      name: string;
      role: Role;
      identity: IdentityKind;
      scope: Scope;
      groups: Groups;
    }
  /** A CI system that was let in by a rule, a webhook or its own token; it is nobody's identity. */
  | { kind: 'ci'; name: string; scope: Scope }
  | { kind: 'worker' };

/** What an identity may be used for at most: it narrows and never widens. */
export interface Scope {
  role: Role;
  /** Patterns of cluster names. */
  clusters: readonly string[];
}

/** The scope that narrows nothing. */
export const wholeScope: Scope = { role: 'admin', clusters: ['*'] };
