import { AppError } from '#core/errors.ts';
import { apiOf, type Api } from '#cli/api.ts';
import { reportText } from '#cli/output/report-text.ts';
import { reportLines } from '#cli/output/verification-view.ts';
import type { Session } from '#cli/session.ts';
import { pickCluster } from './pick-cluster.ts';

/** What lists show as the id of a report, or of an operation. */
const idForm = /^(?:ver|pre|op)_[0-9a-z]{26}$/;

/** One report: the newest of a cluster, or the one that is named. */
export async function reportsShow(session: Session, named: string | undefined, { id }: { id?: string }): Promise<void> {
  const api = apiOf(session);
  const given = id ?? (idForm.test(named ?? '') ? named : undefined);
  const wanted = given ?? (await newestOf(api, await pickCluster(api, named)));
  const report = await api.ask(api.client.v1.reports[':id'].$get({ param: { id: wanted }, query: {} }));
  const { output, verbose = false } = session.flags;
  session.show(report, () =>
    output === 'table' ? reportLines(report, { ...session.layout(), verbose }) : reportText(output, report),
  );
}

async function newestOf({ client, ask }: Api, cluster: string): Promise<string> {
  const { items } = await ask(
    client.v1.clusters[':cluster'].reports.$get({ param: { cluster }, query: { limit: '1' } }),
  );
  const [newest] = items;
  if (newest !== undefined) return newest.id;
  throw new AppError('not_found', `${cluster} has no reports yet`, {
    next: `Make one: \`flotilla verify ${cluster}\`.`,
  });
}
