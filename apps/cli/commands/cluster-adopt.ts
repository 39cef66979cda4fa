import { adoptionSchema } from '#core/adoption.ts';
import { apiOf } from '#cli/api.ts';
import { adoptedLines } from '#cli/output/adoption-view.ts';
import { clean } from '#cli/output/clean.ts';
import { conclude } from '#cli/progress/conclude.ts';
import { runToEnd } from '#cli/progress/run-to-end.ts';
import type { Session } from '#cli/session.ts';

/** Records a swarm that somebody else formed, and shows its nodes. The JSON document is what was seen. */
export async function clusterAdopt(
  session: Session,
  name: string,
  { from, reason }: { from: string; reason?: string },
): Promise<number> {
  const { client, ask } = apiOf(session);
  const { id } = await ask(
    client.v1.clusters[':cluster'].adopt.$post({ param: { cluster: name }, json: { from, reason: reason ?? null } }),
  );
  const ended = await runToEnd(session, id, { summary: false });
  const exitCode = conclude(session, ended);
  const adoption = adoptionSchema.safeParse(ended.view.result).data;
  session.show(adoption ?? { error: ended.view.error }, () =>
    adoption === undefined ? [] : ['', ...adoptedLines(name, clean(adoption), session.layout())],
  );
  return exitCode;
}
