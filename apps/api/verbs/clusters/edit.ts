import type { z } from 'zod';
import { applyEdit, decisionsAfter, neededRevision } from '#core/edits.ts';
import { AppError } from '#core/errors.ts';
import type { Onto } from '#core/onto.ts';
import type { editSchema } from '#core/wire.ts';
import type { Reader } from '#db/reader.ts';
import { authorise } from '../../access.ts';
import type { Call, Context } from '../../http/env.ts';
import { clusterRowOrNull, refuseAdopted } from '../../views/cluster.ts';
import { currentRevision, newestRevision, revisionRow, type RevisionRow } from '../../views/revision.ts';
import { membersOf } from '../../views/host.ts';
import { type Proposal, propose, type Proposed } from '../revisions/propose.ts';

export type Edit = z.output<typeof editSchema> & { cluster: string };

interface Start extends Pick<Proposal, 'expects'> {
  /** `current` for whoever must not carry along what others have proposed and nobody has applied. */
  from: 'newest' | 'current';
}

type EditProposal = Proposal & { onto: Onto | null };
export type Edited = Proposed & { onto: Onto | null };

/**
 * Proposes what a verb makes of the newest spec, or of the current one. @throws AppError `not_found` without a cluster (but for
 * `cluster create`), and what applyEdit and propose throw.
 */
export async function editCluster({ ctx, input }: Call<Edit>, start: Start = { from: 'newest' }): Promise<Edited> {
  await authorise(ctx, 'revision.propose', input.cluster);
  return await proposeEdit(ctx, input, start);
}

/** The same where it was authorised before. @throws AppError as editCluster does */
export async function proposeEdit(ctx: Context, input: Edit, { from, ...more }: Start): Promise<Edited> {
  const { onto, ...proposal } = await proposalOf(ctx.deps.store.read, input, from);
  const proposed = await propose(ctx, { ...proposal, ...more });
  // The very proposal that is there already builds on itself only.
  return { ...proposed, onto: onto?.revision === proposed.row.number ? null : onto };
}

/** What the verb would propose; nothing is written. @throws AppError `not_found`, and what applyEdit throws */
export async function proposalOf(read: Reader, input: Edit, from: 'newest' | 'current'): Promise<EditProposal> {
  const { verb, args } = input;
  const { start, base } = await revisionToEdit(read, input.cluster, from);
  const earlier = await earlierRevision(read, input);
  const members = await membersOf(read, input.cluster);
  const spec = applyEdit({ verb, args, current: start?.spec ?? null, earlier: earlier?.spec ?? null, members });
  const decided = { current: start?.decisions ?? [], earlier: earlier?.decisions ?? [] };
  if (spec.cluster !== input.cluster) {
    throw new AppError('invalid_input', `The verb makes a spec of ${spec.cluster}, not of ${input.cluster}`, {
      done: 'Nothing was changed.',
    });
  }
  // What goes back to an earlier revision takes nothing of the newest one along.
  const isOnto = start !== null && start.number !== base && earlier === null;
  const onto = isOnto ? { revision: start.number, current: base } : null;
  return { spec, origin: verb, base, decisions: decisionsAfter(input, decided), onto };
}

async function revisionToEdit(
  read: Reader,
  name: string,
  from: 'newest' | 'current',
): Promise<{ start: RevisionRow | null; base: number | null }> {
  const cluster = await clusterRowOrNull(read, name);
  if (cluster === null) return { start: null, base: null };
  refuseAdopted(cluster);
  const start = await (from === 'newest' ? newestRevision : currentRevision)(read, cluster);
  return { start, base: cluster.currentRevision };
}

async function earlierRevision(read: Reader, { cluster, verb, args }: Edit): Promise<RevisionRow | null> {
  const number = neededRevision({ verb, args });
  return number === null ? null : await revisionRow(read, cluster, number);
}
