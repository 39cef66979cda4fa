import { withMoments } from '#core/moments.ts';
import { type HoldKind, holdSentence } from '#core/access/hold.ts';
import { AppError } from '#core/errors.ts';
import { apiOf } from '#cli/api.ts';
import type { Session } from '#cli/session.ts';

export interface HoldOptions {
  all?: boolean;
  reason?: string;
  for?: number;
  protects?: string;
  takeOver?: boolean;
}

/** Locks or freezes a cluster, or all; without one it lists what is locked or frozen. */
export const hold =
  (kind: HoldKind) =>
  async (session: Session, cluster: string | undefined, options: HoldOptions): Promise<void> => {
    const { client, ask } = apiOf(session);
    const which = clusterOrAll(cluster, options.all);
    if (which === undefined) return list(session);
    if (options.reason === undefined) throw needs('a reason', '--reason');
    const json = {
      kind,
      cluster: which,
      reason: options.reason,
      protects: options.protects ?? null,
      takeOver: options.takeOver ?? false,
      ...(options.for === undefined ? {} : { minutes: options.for }),
    };
    const set = await ask(client.v1.holds.$post({ json }));
    session.show(set, () => [withMoments(holdSentence(set))]);
  };

async function list(session: Session): Promise<void> {
  const { client, ask } = apiOf(session);
  const { items } = await ask(client.v1.holds.$get());
  session.show(items, () =>
    items.length === 0 ? ['Nothing is locked or frozen.'] : items.map((one) => withMoments(holdSentence(one))),
  );
}

/** Ends a lock or a freeze. */
export const release =
  (kind: HoldKind) =>
  async (
    session: Session,
    cluster: string | undefined,
    { all, force = false, reason }: { all?: boolean; force?: boolean; reason?: string },
  ): Promise<void> => {
    const which = clusterOrAll(cluster, all);
    if (which === undefined) throw needs('a cluster', '--all');
    const { client, ask } = apiOf(session);
    const json = { kind, cluster: which, force, reason: reason ?? null };
    const ended = await ask(client.v1.holds.end.$post({ json }));
    session.show(ended, () => [`The ${kind} on ${ended.cluster === '*' ? 'every cluster' : ended.cluster} is over.`]);
  };

/** The API's word for every cluster, the name, or undefined where neither is said. */
const clusterOrAll = (cluster: string | undefined, all = false): string | undefined => (all ? '*' : cluster);

const needs = (what: string, flag: string): AppError =>
  new AppError('invalid_input', `It needs ${what}`, { done: 'Nothing was sent.', next: `Add ${flag}.` });
