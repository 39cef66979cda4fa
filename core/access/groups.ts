import { z } from 'zod';

/** How old what Slack said of a group may be. Afterwards it is not known who is in it, and nobody is granted anything by it. */
export const groupAgeMaxMs = 10 * 60_000;

/** What is known of one person and one group that the policy names. */
export const groupSeenSchema = z.object({
  group: z.string().describe('A handle without its mark, or an id'),
  isMember: z.boolean(),
  ageMs: z.number().nullable().describe('Since Slack last said who is in it; null: it never has'),
  fault: z.string().nullable().describe('Why it could not be asked the last time'),
});
export type GroupSeen = z.infer<typeof groupSeenSchema>;

/** Groups that the policy names, for somebody who has an account there; null for whoever has none, and so is in none. */
export type Groups = readonly GroupSeen[] | null;

/** Slack's id of a group; what has another form is a handle. */
const idForm = /^S[A-Z0-9]{5,}$/;

export type Membership = { kind: 'in'; ageMs: number } | { kind: 'out' } | { kind: 'unknown'; why: string };

/** A group by one name: `@network-admins` without its mark and in small letters, or an id such as `S0615G0KT`. */
export const groupNamed = (written: string): string =>
  idForm.test(written) ? written : written.replace(/^@/, '').toLowerCase();

/** Whether somebody is in a group. What is too old is not known, and neither is what was never asked. */
export function membershipIn(groups: Groups, written: string): Membership {
  if (groups === null) return { kind: 'out' };
  const name = groupNamed(written);
  const seen = groups.find(({ group }) => group === name);
  if (seen === undefined || seen.ageMs === null)
    return { kind: 'unknown', why: faultText('Slack has not said yet who is in it', seen?.fault) };
  if (seen.ageMs > groupAgeMaxMs)
    return { kind: 'unknown', why: faultText(`what Slack last said is ${ageText(seen.ageMs)} old`, seen.fault) };
  return seen.isMember ? { kind: 'in', ageMs: seen.ageMs } : { kind: 'out' };
}

/** Member or not, and how old that is, for `whoami` and `can`. */
export function groupSentence(seen: GroupSeen): string {
  const { group, ageMs, fault } = seen;
  const membership = membershipIn([seen], group);
  if (membership.kind === 'unknown') return `${groupText(group)}: not known, since ${membership.why}`;
  const was = membership.kind === 'in' ? 'member' : 'not a member';
  return `${groupText(group)}: ${was}, as Slack said ${agoText(ageMs ?? 0)}${fault === null ? '' : ` (since then: ${fault})`}`;
}

/** As people write it. */
export const groupText = (group: string): string => (idForm.test(group) ? group : `@${group}`);

const faultText = (what: string, fault: string | null | undefined): string =>
  fault == null ? what : `${what} (${fault})`;

const ageText = (ms: number): string => {
  const minutes = Math.floor(ms / 60_000);
  return minutes < 120 ? `${minutes} min` : `${Math.floor(minutes / 60)} h`;
};

export const agoText = (ageMs: number): string => (ageMs < 60_000 ? 'just now' : `${ageText(ageMs)} ago`);
