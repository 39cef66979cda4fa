import { z } from 'zod';
import { actorSchema } from '../actor.ts';
import { risks } from '../plan.ts';

/**
 * Life of an approval:
 *   open ──enough votes──▶ approved ──the plan is accepted──▶ used
 *   approved ──an approver lost the right──▶ open
 *   open, approved ──▶ denied | expired | stale (another plan now) | cancelled
 */
export const approvalStates = ['open', 'approved', 'used', 'denied', 'expired', 'stale', 'cancelled'] as const;
export type ApprovalState = (typeof approvalStates)[number];

export const nextApprovalStates = {
  open: ['approved', 'denied', 'expired', 'stale', 'cancelled'],
  approved: ['open', 'used', 'denied', 'expired', 'stale', 'cancelled'],
  used: [],
  denied: [],
  expired: [],
  stale: [],
  cancelled: [],
} as const satisfies Record<ApprovalState, readonly ApprovalState[]>;

/** States in which it may still come to an accepted plan. */
export const isPending = (state: ApprovalState): boolean => nextApprovalStates[state].length > 0;
export const pendingStates = approvalStates.filter((state) => isPending(state));

export const voteSchema = z.object({
  verdict: z.enum(['approve', 'deny']),
  /** What is counted: a person, under whichever identity. */
  person: z.string(),
  name: z.string(),
  /** The identity, such as `token:<public id>`. */
  via: z.string(),
  at: z.string(),
  reason: z.string().nullable(),
});
export type Vote = z.infer<typeof voteSchema>;

export const approvalSchema = z.object({
  id: z.string(),
  operation: z.string(),
  cluster: z.string(),
  digest: z.string().describe('Of the plan that is approved, and of no other'),
  risk: z.enum(risks),
  required: z.number().describe('How many other persons must approve'),
  makers: z.array(z.string()).describe('Ids of the persons who made the change; they do not count'),
  state: z.enum(approvalStates),
  votes: z.array(voteSchema),
  version: z.number(),
  createdAt: z.string(),
  expiresAt: z.string(),
  closedAt: z.string().nullable(),
  closedBy: actorSchema.nullable(),
  reason: z.string().nullable(),
});
export type Approval = z.infer<typeof approvalSchema>;

export const approvalsCounted = ({ votes }: Pick<Approval, 'votes'>): number =>
  votes.filter(({ verdict }) => verdict === 'approve').length;

/** `1 of 2 approvals; needs one more person`. */
export function countSentence(approval: Pick<Approval, 'votes' | 'required'>): string {
  const given = approvalsCounted(approval);
  const left = Math.max(0, approval.required - given);
  const rest =
    left === 0 ? 'enough' : left === 1 ? 'one more person must approve' : `${left} more persons must approve`;
  return `${given} of ${approval.required} approvals: ${rest}`;
}
