import { textAt } from '#core/member.ts';
import type { WebApi } from './web-api.ts';

const askMs = 2_000;

/**
 * The workspaces that are served: as they are set, or the one that the bot's token is of, once Slack has said it. Null
 * while it has not: then nobody is served, and the control plane goes on.
 */
export function servedTeams(web: WebApi, set: readonly string[]): () => Promise<readonly string[] | null> {
  let known: readonly string[] | null = set.length > 0 ? set : null;
  let asking: Promise<readonly string[] | null> | null = null;
  const ask = async (): Promise<readonly string[] | null> => {
    const answer = await web('auth.test', {}, askMs);
    const team = answer.kind === 'ok' ? textAt(answer.body, 'team_id') : null;
    return team === null ? null : [team];
  };
  return async () => {
    asking ??= known === null ? ask() : null;
    known ??= await asking;
    asking = null;
    return known;
  };
}
