import { apiOf } from '#cli/api.ts';
import { inspectionLines } from '#cli/output/inspection-view.ts';
import { conclude } from '#cli/progress/conclude.ts';
import { runToEnd } from '#cli/progress/run-to-end.ts';
import type { Session } from '#cli/session.ts';
import { pickCluster } from './pick-cluster.ts';

/** Asks every host of the cluster for the network and shows one merged view. */
export async function networkInspect(
  session: Session,
  network: string,
  options: { cluster?: string },
): Promise<number> {
  const api = apiOf(session);
  const cluster = await pickCluster(api, options.cluster);
  const { id } = await api.ask(
    api.client.v1.clusters[':cluster'].networks[':network'].inspections.$post({
      param: { cluster, network },
      json: {},
    }),
  );
  const ended = await runToEnd(session, id, { summary: false });
  const exitCode = conclude(session, ended);
  const { inspection } = ended.progress;
  session.show(inspection ?? { error: ended.view.error }, () =>
    inspection === null ? [] : ['', ...inspectionLines(inspection, session.layout())],
  );
  return exitCode;
}
