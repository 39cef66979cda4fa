import type { OperationKind, OperationState } from '#core/operation.ts';
import { apiOf } from '#cli/api.ts';
import { operationsLines } from '#cli/output/operations-view.ts';
import type { Session } from '#cli/session.ts';
import { pages } from './pages.ts';

export interface OpsLsOptions {
  cluster?: string;
  state?: OperationState;
  kind?: OperationKind;
  limit?: number;
}

export async function opsLs(session: Session, { cluster, state, kind, limit = 20 }: OpsLsOptions): Promise<void> {
  const { client, ask } = apiOf(session);
  const query = {
    ...(cluster === undefined ? {} : { cluster }),
    ...(state === undefined ? {} : { state }),
    ...(kind === undefined ? {} : { kind }),
  };
  const { items, isAll } = await pages(limit, (page) =>
    ask(client.v1.operations.$get({ query: { ...query, ...page } })),
  );
  session.show(items, () =>
    items.length === 0
      ? ['No operations.']
      : [...operationsLines(items, Date.now(), session.layout()), ...(isAll ? [] : ['Older ones: --limit'])],
  );
}
