import type { AuditEvent } from '#core/audit.ts';
import { channelForm } from '#core/channels.ts';
import { groupText } from '#core/access/groups.ts';
import { memberAt, textAt } from '#core/member.ts';
import { actorText } from './operation-message.ts';
import { code, mention, moment, plain } from './text.ts';

export type Act = Pick<
  AuditEvent,
  'sequence' | 'at' | 'action' | 'actor' | 'cluster' | 'target' | 'reason' | 'details'
>;

type Line = (act: Act) => string;

/** Acts without an operation that all who read along should know of: who, what, why, until when, what is to be done. */
const lines: Readonly<Record<string, Line>> = {
  'lock.set': (act) => `:lock: ${actorText(act.actor)} locked ${where(act)} until ${until(act)}${why(act)}`,
  'lock.taken-over': (act) =>
    `:lock: ${actorText(act.actor)} took over the lock of ${from(act)} on ${where(act)}, until ${until(act)}${why(act)}`,
  'lock.ended': (act) => `:unlock: ${actorText(act.actor)} ended ${owners(act)} lock on ${where(act)}${why(act)}`,
  'freeze.set': (act) => `:snowflake: ${actorText(act.actor)} froze ${where(act)} until ${until(act)}${why(act)}`,
  'freeze.taken-over': (act) =>
    `:snowflake: ${actorText(act.actor)} froze ${where(act)} in the place of ${from(act)}, until ${until(act)}${why(act)}`,
  'freeze.ended': (act) => `:sunny: ${actorText(act.actor)} ended ${owners(act)} freeze of ${where(act)}${why(act)}`,
  'break-glass.opened': (act) =>
    `:rotating_light: ${actorText(act.actor)} acts on ${where(act)} *without approval* until ${until(act)}${why(act)}\nAnother person has to review it: ${review(act)}`,
  'break-glass.used': (act) =>
    `:rotating_light: ${actorText(act.actor)} used the break-glass on ${where(act)}: ${count(act, 'skippedApprovals')} approvals were skipped, for plan ${code((textAt(act.details, 'digest') ?? '').slice(0, 12))}.`,
  'break-glass.ended': (act) =>
    `:rotating_light: The break-glass on ${where(act)} is over; another person has to review it: ${review(act)}`,
  'break-glass.reviewed': (act) =>
    `:white_check_mark: ${actorText(act.actor)} reviewed the break-glass on ${where(act)}${why(act)}`,
  'host-key.changed': ({ actor, target }) =>
    `:rotating_light: *The SSH host key of ${plain(target?.id ?? 'a host')} is another one than the pinned one*; nothing is done there (seen by ${actorText(actor)}). Find out why before you accept it: ${code(`flotilla host show ${target?.id ?? 'NAME'}`)}`,
  // That it does not pass is told with what was found, each time.
  'verification.recovered': (act) =>
    `:white_check_mark: ${where(act)} is proved again: the verification that starts by itself passes, after ${count(act, 'failed')} that did not.`,
  'policy.changed': (act) =>
    `:scroll: ${actorText(act.actor)} changed the policy (number ${plain(act.target?.id ?? '?')})${why(act)}`,
  'person.role-changed': (act) => `:bust_in_silhouette: ${actorText(act.actor)} changed a role${roles(act)}${why(act)}`,
  'access.group-changed': groupLine,
  'channel.set': (act) =>
    `:eyes: ${channelOf(act)} is told from now on what happens to ${followed(act)}, as ${actorText(act.actor)} has set.`,
  'channel.unset': (act) =>
    `:see_no_evil: ${channelOf(act)} is not told any more what happens to ${followed(act)}, as ${actorText(act.actor)} has set.`,
};

/** What of the record has a line. */
export const toldActs: readonly string[] = Object.keys(lines);

/** One act in a sentence; null for what has none. */
export const actLine = (act: Act): string | null => lines[act.action]?.(act) ?? null;

const where = ({ cluster, details }: Act): string => {
  const named = cluster ?? textAt(details, 'cluster') ?? '*';
  return named === '*' ? 'all clusters' : `*${plain(named)}*`;
};
const followed = (act: Act): string =>
  act.cluster === null ? 'every cluster without a channel of its own' : where(act);

/** Slack shows the name of a channel for its id. */
const channelOf = ({ details }: Act): string => {
  const id = textAt(details, 'channel') ?? '';
  return channelForm.test(id) ? `<#${id}>` : plain(id);
};
const why = ({ reason }: Act): string => (reason === null ? '.' : `: ${plain(reason)}`);
const until = ({ details }: Act): string => {
  const at = textAt(details, 'expiresAt');
  return at === null ? 'further notice' : moment(at);
};
const from = ({ details }: Act): string => plain(textAt(details, 'from', 'name') ?? 'somebody');

function owners({ actor, details }: Act): string {
  const owner = textAt(details, 'ownerName');
  return owner === null || owner === actor.name ? 'the' : `the ${plain(owner)}’s`.replace('the ', '');
}

const review = ({ target }: Act): string => code(`flotilla break-glass review ${target?.id ?? 'ID'} --note …`);

const count = ({ details }: Act, name: string): string => {
  const value = memberAt(details, name);
  return typeof value === 'number' ? String(value) : 'some';
};

function roles({ details }: Act): string {
  const [name, before, after] = [textAt(details, 'name'), textAt(details, 'from'), textAt(details, 'to')];
  if (before === null || after === null) return '';
  return `${name === null ? '' : ` of *${plain(name)}*`} from ${plain(before)} to ${plain(after)}`;
}

/** Whoever edits a group in Slack gives rights: those who have or lose them are named. */
function groupLine({ target, details }: Act): string {
  const people = (name: string): string[] => {
    const accounts = memberAt(details, name);
    return Array.isArray(accounts) ? accounts.map((one) => mention(String(one).replace(/^[^/]*\//, ''))) : [];
  };
  const [added, removed] = [people('added'), people('removed')];
  const parts = [
    ...(added.length === 0 ? [] : [`${added.join(' ')} came`]),
    ...(removed.length === 0 ? [] : [`${removed.join(' ')} went`]),
  ];
  return `:busts_in_silhouette: The group ${plain(groupText(target?.id ?? ''))}, to which the policy gives rights, changed in Slack: ${parts.join(', ')}.`;
}
