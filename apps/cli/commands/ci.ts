import type { AddTrust, TrustView } from '#core/ci/contract.ts';
import { apiOf } from '#cli/api.ts';
import { agree } from '#cli/input/agree.ts';
import { table } from '#cli/output/table.ts';
import type { Session } from '#cli/session.ts';

export async function ciTrusts(session: Session): Promise<void> {
  const { client, ask } = apiOf(session);
  const { items } = await ask(client.v1.ci.trusts.$get());
  const columns = [
    { title: 'TRUST' },
    { title: 'ISSUER', spare: true },
    { title: 'WHO', wraps: true },
    { title: 'AUDIENCE' },
    { title: 'ROLE' },
    { title: 'CLUSTERS', elastic: true },
  ];
  const none = 'No run comes in without a secret yet. Let those of a repository in: flotilla ci trust';
  session.show(items, () => table(columns, items.map(cells), { ...session.layout(), none }));
}

const cells = (one: TrustView): string[] => [
  one.name,
  one.issuer,
  whoText(one),
  one.audience,
  one.role,
  one.clusters.join(', '),
];

const whoText = ({ repository, ref, environment, workflow }: TrustView): string =>
  [`repository ${repository}`, ref, environment, workflow].filter((word) => word !== null).join(', ');

interface TrustOptions {
  provider: AddTrust['provider'];
  audience?: string;
  repository: string;
  cluster: string[];
  issuer?: string;
  ref?: string;
  environment?: string;
  workflow?: string;
  role?: AddTrust['role'];
}

export async function ciTrust(session: Session, name: string, options: TrustOptions): Promise<void> {
  const { client, ask } = apiOf(session);
  const { cluster, audience = session.connection().url, ...rest } = options;
  const view = await ask(client.v1.ci.trusts.$post({ json: { ...rest, name, audience, clusters: cluster } }));
  session.show(view, () => [
    `${whoText(view)} of ${view.issuer} is let in for ${view.clusters.join(', ')}.`,
    `It has to ask for its token with the audience ${view.audience}${options.audience === undefined ? ' (--audience names another one)' : ''}.`,
  ]);
}

export async function ciUntrust(session: Session, name: string, { yes = false }: { yes?: boolean }): Promise<void> {
  const { client, ask } = apiOf(session);
  await agree(session, yes, `Remove the trust ${name}? Its tokens are over at once.`);
  const removed = await ask(client.v1.ci.trusts[':name'].$delete({ param: { name } }));
  session.show(removed, () => [`${removed.removed} is removed.`]);
}
