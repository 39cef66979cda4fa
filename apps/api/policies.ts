import { desc, eq, gt } from 'drizzle-orm';
import { noPolicy, type Policy } from '#core/access/policy.ts';
import { kept as keptAnswer } from '#db/kept.ts';
import { type Guard, noRow } from '#db/guard.ts';
import { policies } from '#db/schema/index.ts';
import type { Reader } from '#db/reader.ts';

/* A policy never changes once it has its number, so each is read once. */

const kept = new WeakMap<Reader, Map<number, Policy>>();

/** The policy of a number; null stands for none, as nobody has configured one. */
export async function policyNumbered(read: Reader, number: number | null): Promise<Policy> {
  if (number === null) return noPolicy;
  const known = kept.get(read) ?? new Map<number, Policy>();
  kept.set(read, known);
  const found = known.get(number) ?? (await read.query.policies.findFirst({ where: eq(policies.number, number) }));
  if (found === undefined) return noPolicy;
  const policy = 'document' in found ? found.document : found;
  known.set(number, policy);
  return policy;
}

const newestNumber = keptAnswer([policies], async (read) => {
  const [newest] = await read
    .select({ number: policies.number })
    .from(policies)
    .orderBy(desc(policies.number))
    .limit(1);
  return newest?.number ?? null;
});

/** The policy in force, where it matters that it is the one of this very moment. */
export async function currentPolicy(read: Reader): Promise<{ number: number; policy: Policy }> {
  const number = await newestNumber(read);
  return { number: number ?? 0, policy: await policyNumbered(read, number) };
}

/** That it still is, for the commit of what it was asked for. */
export function noNewerPolicy(read: Reader, number: number, refusal?: Guard['refusal']): Guard {
  const newer = read.select({ number: policies.number }).from(policies).where(gt(policies.number, number));
  return noRow('the policy is as it was seen', newer, refusal);
}
