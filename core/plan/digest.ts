import { hexOf } from '../audit/base64.ts';
import { canonical } from '../canonical.ts';
import { preconditionsOf } from '../guards.ts';
import type { Plan } from '../plan.ts';

/**
 * SHA-256 in hex of what an approval binds to: cluster, base and target revision, steps with their named
 * preconditions, decisions and risk. Warnings and anything measured anew each time are not part of it.
 */
export async function planDigest({
  cluster,
  base,
  revision,
  steps,
  decisions,
  risk,
}: Omit<Plan, 'digest'>): Promise<string> {
  const guarded = steps.map((step) => ({ ...step, preconditions: preconditionsOf(step) }));
  const text = canonical({ format: 'flotilla-plan-1', cluster, base, revision, steps: guarded, decisions, risk });
  const bytes = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text));
  return hexOf(new Uint8Array(bytes));
}
