import { and, desc, eq, like, or } from 'drizzle-orm';
import { type Approval, isPending } from '#core/approval/approval.ts';
import { AppError } from '#core/errors.ts';
import { type Guard, someRow } from '#db/guard.ts';
import { approvals } from '#db/schema/index.ts';
import type { Reader } from '#db/reader.ts';

/** What is or was to be approved before an operation may go on; null when nothing. */
export const approvalOf = async (read: Reader, operation: string): Promise<Approval | null> =>
  (await read.query.approvals.findFirst({ where: eq(approvals.operation, operation) })) ?? null;

/** An approval by its id, its operation, or the beginning of its plan's digest. @throws AppError `not_found`, `invalid_input` */
export async function approvalNamed(read: Reader, text: string): Promise<Approval> {
  const byDigest = /^[0-9a-f]{8,64}$/.test(text) ? like(approvals.digest, `${text}%`) : undefined;
  const rows = await read
    .select()
    .from(approvals)
    .where(or(eq(approvals.id, text), eq(approvals.operation, text), byDigest))
    .orderBy(desc(approvals.createdAt))
    .limit(20);
  const pending = rows.filter(({ state }) => isPending(state));
  const [only, ...others] = pending.length > 0 ? pending : rows.slice(0, 1);
  if (only === undefined) {
    throw new AppError('not_found', `Nothing to approve is called ${text}`, {
      next: 'List what waits with `flotilla approvals ls`; name it by its plan, its operation or its id.',
    });
  }
  if (others.length === 0) return only;
  throw new AppError('invalid_input', `${others.length + 1} operations wait with the plan ${text}`, {
    done: 'Nothing was changed.',
    next: `Name one: ${pending.map(({ operation }) => operation).join(', ')}.`,
  });
}

/** Compare and set: the decision row is the one that was seen. */
export const asSeen = (read: Reader, { id, version }: Approval, refusal?: () => AppError): Guard =>
  someRow(
    'the approval is as it was seen',
    read
      .select({ id: approvals.id })
      .from(approvals)
      .where(and(eq(approvals.id, id), eq(approvals.version, version))),
    refusal,
  );
