import { groupSentence } from '#core/access/groups.ts';
import { apiOf } from '#cli/api.ts';
import { actorText } from '#cli/output/actor-text.ts';
import { pairs } from '#cli/output/table.ts';
import type { Session } from '#cli/session.ts';

export async function whoami(session: Session): Promise<void> {
  const { client, ask } = apiOf(session);
  const me = await ask(client.v1.whoami.$get());
  session.show(me, () =>
    pairs(
      [
        ['who', actorText(me.actor)],
        ['role', me.role],
        ['token', me.token],
        ...me.groups.map((seen): [string, string] => ['group', groupSentence(seen)]),
        ['control plane', session.connection().url],
      ],
      session.out.paint,
    ),
  );
}
