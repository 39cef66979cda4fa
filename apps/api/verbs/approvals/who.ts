import { inArray } from 'drizzle-orm';
import type { Approver } from '#core/access/contract.ts';
import { persons } from '#db/schema/index.ts';
import { authorise } from '../../access.ts';
import type { Call } from '../../http/env.ts';
import { currentPolicy } from '../../policies.ts';
import { approvalNamed } from '../../views/approval.ts';
import { whoMay } from './approvers.ts';

const shownMax = 90;

/** Who may still approve it: neither its makers nor who has voted. @throws AppError `not_found` */
export async function listApprovers({ ctx, input }: Call<{ approval: string }>): Promise<{ items: Approver[] }> {
  const { read } = ctx.deps.store;
  const { cluster, makers, votes } = await approvalNamed(read, input.approval);
  await authorise(ctx, 'access.read', cluster);
  const able = await whoMay(ctx.deps, (await currentPolicy(read)).policy, 'plan.approve', cluster);
  for (const one of [...makers, ...votes.map(({ person }) => person)]) able.delete(one);
  const isOne = inArray(persons.id, [...able].slice(0, shownMax));
  const rows = await read.select({ person: persons.id, name: persons.name }).from(persons).where(isOne);
  return { items: rows.toSorted((one, other) => one.name.localeCompare(other.name)) };
}
