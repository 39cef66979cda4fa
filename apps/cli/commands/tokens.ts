import { moment } from '#core/moments.ts';
import type { MadeTokenView, PersonView, TokenView } from '#core/access/contract.ts';
import { apiOf } from '#cli/api.ts';
import { ago } from '#cli/output/duration.ts';
import { table } from '#cli/output/table.ts';
import type { Session } from '#cli/session.ts';

export async function tokenLs(session: Session): Promise<void> {
  const { client, ask } = apiOf(session);
  const { items } = await ask(client.v1.tokens.$get());
  const columns = [
    { title: 'TOKEN' },
    { title: 'OF' },
    { title: 'LABEL', elastic: true },
    { title: 'ROLE' },
    { title: 'CLUSTERS', elastic: true },
    { title: 'USED' },
    { title: 'STATE' },
  ];
  session.show(items, () =>
    table(
      columns,
      items.map((one) => cells(one, Date.now())),
      session.layout(),
    ),
  );
}

const cells = (view: TokenView, nowMs: number): string[] => [
  view.id,
  view.personName ?? (view.role === 'worker' ? 'worker' : 'CI'),
  view.label,
  view.role,
  view.clusters.join(', '),
  view.lastUsedAt === null ? 'never' : ago(view.lastUsedAt, nowMs),
  stateOf(view, nowMs),
];

function stateOf({ revokedAt, expiresAt }: TokenView, nowMs: number): string {
  if (revokedAt !== null) return 'revoked';
  if (expiresAt === null) return 'does not expire';
  return `${Date.parse(expiresAt) <= nowMs ? 'expired' : 'until'} ${moment(expiresAt)}`;
}

export interface TokenOptions {
  person?: string;
  worker?: boolean;
  role?: Exclude<PersonView['role'], 'worker'>;
  cluster?: string[];
  days?: number;
  env?: string;
}

export async function tokenCreate(session: Session, label: string, options: TokenOptions): Promise<void> {
  const { client, ask } = apiOf(session);
  const json = {
    label,
    person: options.person ?? null,
    worker: options.worker ?? false,
    role: options.role ?? null,
    clusters: options.cluster ?? null,
    env: options.env ?? null,
    ...(options.days === undefined ? {} : { days: options.days }),
  };
  told(session, await ask(client.v1.tokens.$post({ json })));
}

/** The token alone on the standard output, so that it can be piped to where it belongs. */
function told(session: Session, made: MadeTokenView): void {
  session.err.write(
    `${made.view.id}, ${made.view.expiresAt === null ? 'without an end' : `until ${moment(made.view.expiresAt)}`}. It is shown this once:\n`,
  );
  session.show(made, () => [made.token]);
}

export async function tokenRoll(session: Session, id: string, { overlap = 60 }: { overlap?: number }): Promise<void> {
  const { client, ask } = apiOf(session);
  told(
    session,
    await ask(client.v1.tokens[':token'].roll.$post({ param: { token: id }, json: { overlapMinutes: overlap } })),
  );
}

export async function tokenRevoke(session: Session, id: string, { reason }: { reason?: string }): Promise<void> {
  const { client, ask } = apiOf(session);
  const json = { reason: reason ?? null };
  const view = await ask(client.v1.tokens[':token'].revoke.$post({ param: { token: id }, json }));
  session.show(view, () => [`The token ${view.id} is over.`]);
}
