import { type Approval, approvalsCounted, type ApprovalState, type Vote } from './approval.ts';

/** What is known at the moment in which the plan is about to be accepted. */
export interface Use {
  /** Of the plan as it would be run now. */
  digest: string;
  /** What the policy asks for now; a policy that grew stricter counts. */
  required: number;
  nowMs: number;
  /** Whether the person of a vote may still approve here, and the identity was not revoked since. */
  stands: (vote: Vote) => boolean;
}

/**
 * Takes an approval for the act that it is for: `used` is the one state in which the plan may be accepted, and it is
 * reached once. Anything else is why not.
 */
export function useApproval(approval: Approval, { digest, required, nowMs, stands }: Use): Approval {
  const becomes = (state: ApprovalState, votes = approval.votes): Approval => ({
    ...approval,
    state,
    votes,
    required: Math.max(approval.required, required),
    version: approval.version + 1,
  });
  if (approval.state !== 'approved') return approval;
  if (nowMs >= Date.parse(approval.expiresAt)) return becomes('expired');
  if (approval.digest !== digest) return becomes('stale');
  const votes = approval.votes.filter((vote) => stands(vote));
  if (votes.some(({ verdict }) => verdict === 'deny')) return becomes('denied');
  return approvalsCounted({ votes }) >= becomes('used').required ? becomes('used', votes) : becomes('open', votes);
}
