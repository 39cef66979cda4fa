import { memberAt, textAt } from '#core/member.ts';
import type { WebAnswer, WebApi } from './web-api.ts';

/** What Slack says of a group: who is in it now, or why that is not known. */
export type GroupAnswer = { kind: 'seen'; id: string; users: string[] } | { kind: 'fault'; why: string };

/**
 * Asks Slack who is in some groups, by handle or id, each as the policy names it. Slack allows about twenty such calls
 * a minute, so that a limit or an outage ends the round: what was not asked by then has the same fault.
 */
export async function askGroups(
  web: WebApi,
  named: readonly string[],
  limitMs: number,
): Promise<Map<string, GroupAnswer>> {
  const answers = new Map<string, GroupAnswer>();
  const listed = await web('usergroups.list', {}, limitMs);
  let stop = faultOf(listed);
  const groups = memberAt(listed, 'body', 'usergroups');
  for (const name of named) {
    const id = stop === null ? idOf(Array.isArray(groups) ? groups : [], name) : null;
    if (stop !== null || id === null) {
      answers.set(name, { kind: 'fault', why: stop ?? 'Slack has no such group' });
      continue;
    }
    const members = await web('usergroups.users.list', { usergroup: id }, limitMs);
    const fault = faultOf(members);
    if (members.kind === 'limited' || members.kind === 'away') stop = fault;
    answers.set(name, fault === null ? { kind: 'seen', id, users: usersOf(members) } : { kind: 'fault', why: fault });
  }
  return answers;
}

/** A group that is switched off is not listed: nobody is in it. */
function idOf(groups: readonly unknown[], name: string): string | null {
  const found = groups.find((one) => textAt(one, 'id') === name || textAt(one, 'handle')?.toLowerCase() === name);
  return textAt(found, 'id');
}

function usersOf(answer: WebAnswer): string[] {
  const users = memberAt(answer, 'body', 'users');
  return Array.isArray(users) ? users.filter((one) => typeof one === 'string') : [];
}

function faultOf(answer: WebAnswer): string | null {
  switch (answer.kind) {
    case 'ok':
      return null;
    case 'limited':
      return 'Slack limits how often it is asked';
    case 'away':
      return `Slack does not answer (${answer.why})`;
    case 'refused':
      return words[answer.error] ?? `Slack answers ${answer.error}`;
  }
}

const words: Readonly<Record<string, string>> = {
  plan_upgrade_required: 'this Slack plan has no user groups',
  missing_scope: 'the app lacks the scope usergroups:read; install it again',
};
