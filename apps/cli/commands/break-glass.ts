import { moment, withMoments } from '#core/moments.ts';
import { apiOf } from '#cli/api.ts';
import { table } from '#cli/output/table.ts';
import type { Session } from '#cli/session.ts';

export interface BreakGlassOptions {
  reason: string;
  confirm: string;
  for?: number;
}

export async function breakGlassUse(session: Session, cluster: string, options: BreakGlassOptions): Promise<void> {
  const { client, ask } = apiOf(session);
  const { reason, confirm } = options;
  const json = { cluster, reason, confirm, ...(options.for === undefined ? {} : { minutes: options.for }) };
  const grant = await ask(client.v1['break-glass'].$post({ json }));
  session.show(grant, () => [
    `Until ${moment(grant.expiresAt)} what you apply to ${cluster} needs no approval and passes a freeze.`,
    `Everybody who may approve was told. Afterwards another person reviews it: flotilla break-glass review ${grant.id}`,
  ]);
}

export async function breakGlassLs(session: Session): Promise<void> {
  const { client, ask } = apiOf(session);
  const { items } = await ask(client.v1['break-glass'].$get());
  const columns = [
    { title: 'ID' },
    { title: 'WHO' },
    { title: 'CLUSTER' },
    { title: 'UNTIL' },
    { title: 'REVIEWED' },
    { title: 'WHY', elastic: true },
  ];
  session.show(items, () =>
    items.length === 0
      ? ['Nobody has broken the glass.']
      : table(
          columns,
          items.map((one) => [
            one.id,
            one.personName,
            one.cluster,
            moment(one.endedAt ?? one.expiresAt),
            one.reviewedBy?.name ?? 'not yet',
            one.reason,
          ]),
          session.layout(),
        ),
  );
}

export async function breakGlassEnd(session: Session, grant: string): Promise<void> {
  const { client, ask } = apiOf(session);
  const ended = await ask(client.v1['break-glass'][':grant'].end.$post({ param: { grant }, json: {} }));
  session.show(ended, () => [`It is over. Another person reviews it: flotilla break-glass review ${grant}`]);
}

export async function breakGlassReview(session: Session, grant: string, { note }: { note: string }): Promise<void> {
  const { client, ask } = apiOf(session);
  const json = { review: note };
  const reviewed = await ask(client.v1['break-glass'][':grant'].review.$post({ param: { grant }, json }));
  session.show(reviewed, () => [`Reviewed. ${reviewed.personName} may break the glass again if need be.`]);
}

/** What one has to be told; shown once, unless it is to be kept. */
export async function noticesShow(
  session: Session,
  { all = false, keep = false }: { all?: boolean; keep?: boolean },
): Promise<void> {
  const { client, ask } = apiOf(session);
  const { items } = await ask(client.v1.notices.$get({ query: { all: all ? 'true' : 'false' } }));
  session.show(items, () =>
    items.length === 0 ? ['No notices.'] : items.map(({ at, message }) => `${moment(at)}  ${withMoments(message)}`),
  );
  const ids = items.filter(({ seenAt }) => seenAt === null).map(({ id }) => id);
  if (!keep && ids.length > 0) await ask(client.v1.notices.seen.$post({ json: { ids } }));
}
