import { withMoments } from '#core/moments.ts';
import { groupSentence } from '#core/access/groups.ts';
import { holdSentence } from '#core/access/hold.ts';
import { apiOf } from '#cli/api.ts';
import type { Session } from '#cli/session.ts';

/** Whether somebody may do something, and why. Exit code 4 when not. */
export async function can(
  session: Session,
  verb: string,
  cluster: string | undefined,
  options: { as?: string },
): Promise<number> {
  const { client, ask } = apiOf(session);
  const query = {
    verb,
    ...(cluster === undefined ? {} : { cluster }),
    ...(options.as === undefined ? {} : { person: options.as }),
  };
  const said = await ask(client.v1.can.$get({ query }));
  const { paint } = session.out;
  session.show(said, () => [
    `${said.allowed ? paint.green('yes') : paint.red('no')}: ${said.why} [${said.rule}]`,
    withMoments(said.approvals),
    ...said.groups.map((seen) => groupSentence(seen)),
    ...said.holds.map((hold) => withMoments(holdSentence(hold))),
  ]);
  return said.allowed ? 0 : 4;
}
