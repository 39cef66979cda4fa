import { externalIdOf } from '../account.ts';
import { refusalMessage } from '../blocks/answers.ts';
import type { Message } from '../blocks/text.ts';
import type { ControlPlane, SlackUser, Visitor } from '../ports.ts';
import type { Profiles } from '../web/profiles.ts';

export interface AdmitDeps {
  plane: ControlPlane;
  profiles: Profiles;
}

/** `doubt` says why Slack could not be asked whether he is a guest: he may look, and change nothing. */
export type Admitted = { kind: 'in'; visitor: Visitor; doubt: string | null } | { kind: 'out'; message: Message };

/** Who this is to us. Whoever is nobody, a guest or of another workspace is refused, and that is on record. */
export async function admit({ plane, profiles }: AdmitDeps, who: SlackUser): Promise<Admitted> {
  const visitor = await plane.visitor(who);
  if (visitor === null) {
    await plane.turnedAway(who, 'nobody is linked to this account');
    return { kind: 'out', message: stranger(who) };
  }
  const standing = await profiles.of(who.team, who.user);
  if (standing.kind === 'member') return { kind: 'in', visitor, doubt: null };
  if (standing.kind === 'unknown') return { kind: 'in', visitor, doubt: standing.why };
  await plane.turnedAway(who, standing.why);
  return {
    kind: 'out',
    message: refusalMessage({ message: `You may not act from here: ${standing.why}`, done: 'Nothing was done.' }),
  };
}

const stranger = (who: SlackUser): Message =>
  refusalMessage({
    message: 'Flotilla does not know you yet',
    done: 'Nothing was done.',
    next: `an admin links you once: flotilla person link NAME slack ${externalIdOf(who)}`,
  });

/** Whoever may be a guest by now changes nothing. */
export const doubtMessage = (doubt: string): Message =>
  refusalMessage({
    message: `It is not known now whether you are still a full member of this workspace: ${doubt}`,
    done: 'Nothing was done.',
    next: 'try again in a moment; questions are answered meanwhile.',
  });
