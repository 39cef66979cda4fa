import type { SlackUser } from './ports.ts';

/** An account as identities have it, and as an admin writes it: ids of users mean nothing without their workspace. */
export const externalIdOf = ({ team, user }: SlackUser): string => `${team}/${user}`;

/** The account that an identity names. */
export function accountIn(externalId: string): SlackUser {
  const [team = '', user = ''] = externalId.split('/');
  return { team, user };
}
