import type { z } from 'zod';
import { applyEdit, neededRevision } from '#core/edits.ts';
import { AppError } from '#core/errors.ts';
import type { Spec } from '#core/spec/spec.ts';
import type { editSchema } from '#core/wire.ts';
import { authorise } from '../../access.ts';
import type { Call, Context } from '../../http/env.ts';
import { clusterRowOrNull, refuseAdopted } from '../../views/cluster.ts';
import { currentRevision, newestRevision, revisionRow } from '../../views/revision.ts';
import { propose, type Proposed } from '../revisions/propose.ts';

export type Edit = z.output<typeof editSchema> & { cluster: string };

/**
 * Proposes what a verb makes of the newest spec; or of the current one, for whoever must not carry along what others
 * have proposed and nobody has applied. @throws AppError `not_found` without a cluster (but for
 * `cluster create`), and what applyEdit and propose throw.
 */
export async function editCluster(
  { ctx, input }: Call<Edit>,
  from: 'newest' | 'current' = 'newest',
): Promise<Proposed> {
  await authorise(ctx, 'revision.propose', input.cluster);
  const { verb, args } = input;
  const { current, base } = await specToEdit(ctx, input.cluster, from);
  const earlier = await earlierSpec(ctx, input);
  const spec = applyEdit({ verb, args, current, ...(earlier === null ? {} : { earlier }) });
  if (spec.cluster !== input.cluster) {
    throw new AppError('invalid_input', `The verb makes a spec of ${spec.cluster}, not of ${input.cluster}`, {
      done: 'Nothing was changed.',
    });
  }
  return await propose(ctx, { spec, origin: verb, base });
}

async function specToEdit(
  ctx: Context,
  name: string,
  from: 'newest' | 'current',
): Promise<{ current: Spec | null; base: number | null }> {
  const cluster = await clusterRowOrNull(ctx.deps.store.read, name);
  if (cluster === null) return { current: null, base: null };
  refuseAdopted(cluster);
  const revision = await (from === 'newest' ? newestRevision : currentRevision)(ctx.deps.store.read, cluster);
  return { current: revision?.spec ?? null, base: cluster.currentRevision };
}

async function earlierSpec(ctx: Context, { cluster, verb, args }: Edit): Promise<Spec | null> {
  const number = neededRevision({ verb, args });
  return number === null ? null : (await revisionRow(ctx.deps.store.read, cluster, number)).spec;
}
