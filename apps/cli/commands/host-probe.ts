import { apiOf } from '#cli/api.ts';
import { hostLines } from '#cli/output/hosts-view.ts';
import { conclude } from '#cli/progress/conclude.ts';
import { runToEnd } from '#cli/progress/run-to-end.ts';
import type { Session } from '#cli/session.ts';
import { sayTwins } from './say-twins.ts';

export async function hostProbe(session: Session, name: string): Promise<number> {
  const { client, ask } = apiOf(session);
  const { id } = await ask(client.v1.hosts[':name'].probe.$post({ param: { name }, json: {} }));
  const ended = await runToEnd(session, id, { summary: false });
  const exitCode = conclude(session, ended);
  const host = await ask(client.v1.hosts[':name'].$get({ param: { name } }));
  session.show({ operation: ended.view, host }, () =>
    exitCode === 0 ? ['', ...hostLines(host, Date.now(), session.layout())] : [],
  );
  await sayTwins(session, apiOf(session), host);
  return exitCode;
}
