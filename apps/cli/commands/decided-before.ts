import type { Decision } from '#core/plan.ts';
import type { Operation } from '#core/operation.ts';
import type { Api } from '#cli/api.ts';
import { revisionOf } from './cluster-show.ts';

/** What was decided with the revision that an operation starts from: its plan need not tell it again. */
export async function decidedBefore(api: Api, { cluster, request }: Operation): Promise<Decision[]> {
  if (cluster === null || (request.kind !== 'plan' && request.kind !== 'apply')) return [];
  const { base } = await revisionOf(api, cluster, request.revision);
  return base === null ? [] : (await revisionOf(api, cluster, base)).decisions;
}
