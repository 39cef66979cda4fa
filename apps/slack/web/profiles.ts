import { memberAt, textAt } from '#core/member.ts';
import { externalIdOf } from '../account.ts';
import type { WebApi } from './web-api.ts';

/** What Slack says of a user: a full member of the workspace, somebody who is none, or nothing just now. */
export type Standing = { kind: 'member' } | { kind: 'outsider'; why: string } | { kind: 'unknown'; why: string };

const keptMs = 10 * 60_000;
const askMs = 2_000;
const keptMax = 5_000;

/**
 * Asks Slack who is a guest, deleted, a bot or of another workspace; remembers it for ten minutes. Where Slack does not
 * answer, what it said is not known any more after those: changes are refused then, questions are not.
 */
export class Profiles {
  readonly #web: WebApi;
  readonly #nowMs: () => number;
  readonly #known = new Map<string, { standing: Standing; atMs: number }>();
  readonly #asked = new Map<string, Promise<Standing>>();

  constructor(web: WebApi, nowMs: () => number) {
    this.#web = web;
    this.#nowMs = nowMs;
  }

  async of(team: string, user: string): Promise<Standing> {
    const key = externalIdOf({ team, user });
    const known = this.#known.get(key);
    if (known !== undefined && this.#nowMs() - known.atMs < keptMs) return known.standing;
    // Two hundred commands of one person at once are one question.
    const asking = this.#asked.get(key) ?? this.#ask(team, user).finally(() => this.#asked.delete(key));
    this.#asked.set(key, asking);
    return await asking;
  }

  async #ask(team: string, user: string): Promise<Standing> {
    const answer = await this.#web('users.info', { user }, askMs);
    const standing = standingOf(answer, team);
    if (standing.kind === 'unknown') return standing;
    this.#known.set(externalIdOf({ team, user }), { standing, atMs: this.#nowMs() });
    const [oldest] = this.#known.keys();
    if (this.#known.size > keptMax && oldest !== undefined) this.#known.delete(oldest);
    return standing;
  }
}

const marks: readonly (readonly [mark: string, why: string])[] = [
  ['deleted', 'the account is deactivated'],
  ['is_bot', 'bots do not act here'],
  ['is_restricted', 'guests do not act here'],
  ['is_ultra_restricted', 'guests do not act here'],
  ['is_stranger', 'people of other workspaces do not act here'],
];

function standingOf(answer: Awaited<ReturnType<WebApi>>, team: string): Standing {
  if (answer.kind === 'limited') return { kind: 'unknown', why: 'Slack limits how often it is asked' };
  if (answer.kind === 'away') return { kind: 'unknown', why: `Slack does not answer (${answer.why})` };
  if (answer.kind === 'refused')
    return ['user_not_found', 'user_not_visible'].includes(answer.error)
      ? { kind: 'outsider', why: 'Slack does not know the account in this workspace' }
      : { kind: 'unknown', why: `Slack answers ${answer.error}` };
  const found = marks.find(([mark]) => memberAt(answer.body, 'user', mark) === true);
  if (found !== undefined) return { kind: 'outsider', why: found[1] };
  const home = textAt(answer.body, 'user', 'team_id');
  if (home === null) return { kind: 'unknown', why: 'Slack does not say of which workspace the account is' };
  return home === team ? { kind: 'member' } : { kind: 'outsider', why: 'people of other workspaces do not act here' };
}
