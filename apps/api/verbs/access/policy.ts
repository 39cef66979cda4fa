import { desc } from 'drizzle-orm';
import type { z } from 'zod';
import type { PolicyView, setPolicySchema } from '#core/access/contract.ts';
import { noPolicy, policySchema } from '#core/access/policy.ts';
import { canonical } from '#core/canonical.ts';
import { AppError } from '#core/errors.ts';
import { insertInto } from '#db/change.ts';
import { policies } from '#db/schema/index.ts';
import type { Reader } from '#db/reader.ts';
import { authorise } from '../../access.ts';
import { noNewerPolicy } from '../../policies.ts';
import { commit, recordKept, recordOf, timeOf } from '../../commit.ts';
import type { Call } from '../../http/env.ts';
import { parsed } from '../../http/valid.ts';
import { adminLeft } from './last-admin.ts';

/** The policy in force. */
export async function showPolicy({ ctx }: Call<Record<string, never>>): Promise<PolicyView> {
  await authorise(ctx, 'access.read');
  return await policyInForce(ctx.deps.store.read);
}

/**
 * Puts a whole policy in the place of the one in force; the old one stays on record.
 * @throws AppError `invalid_input` with pointers, `conflict` when it was written against an older one, or when it would
 * leave nobody who can change it
 */
export async function setPolicy({ ctx, input }: Call<z.output<typeof setPolicySchema>>): Promise<PolicyView> {
  await authorise(ctx, 'policy.set');
  const { store, nowMs } = ctx.deps;
  const policy = parsed(policySchema, input.policy, 'policy');
  const inForce = await policyInForce(store.read);
  if (input.base !== null && input.base !== inForce.number) throw overtaken(input.base, inForce.number);
  if (canonical(policy) === canonical(inForce.policy)) {
    await recordKept(ctx, 'policy.kept', { kind: 'policy', id: String(inForce.number) });
    return inForce;
  }
  await commit(ctx.deps, {
    expects: [
      noNewerPolicy(store.read, inForce.number, () => overtaken(inForce.number, inForce.number + 1)),
      await adminLeft(ctx, {}, policy),
    ],
    changes: [
      insertInto(policies).values({ document: policy, createdAt: timeOf(nowMs()), createdBy: ctx.caller.actor }),
    ],
    events: [
      recordOf(ctx, {
        action: 'policy.changed',
        outcome: 'succeeded',
        target: { kind: 'policy', id: String(inForce.number + 1) },
        reason: input.reason,
        details: { from: inForce.policy, to: policy },
      }),
    ],
  });
  return await policyInForce(store.read);
}

async function policyInForce(read: Reader): Promise<PolicyView> {
  const [newest] = await read.select().from(policies).orderBy(desc(policies.number)).limit(1);
  if (newest === undefined) return { number: 0, policy: noPolicy, createdAt: null, createdBy: null };
  const { document, ...row } = newest;
  return { ...row, policy: document };
}

const overtaken = (base: number, number: number): AppError =>
  new AppError('conflict', `The policy was written against number ${base}, and ${number} is in force`, {
    done: 'Nothing was changed.',
    next: 'Look at it with `flotilla policy show`, and write your change against it.',
  });
