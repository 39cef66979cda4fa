import type { Risk } from '../plan.ts';
import { type Approval, approvalsCounted, isPending, type Vote } from './approval.ts';

/** A vote as it is cast, with what is known of the identity that it comes by. */
export interface Cast {
  vote: Vote;
  /** What the person typed as the name of the cluster; null when nothing. */
  confirm: string | null;
  /** Who made the identity, and the person himself, and when. */
  origin: Origin;
}

export interface Origin {
  identityBy: string | null;
  identityAt: string;
  personBy: string | null;
  personAt: string;
}

export type VoteRefusal =
  | 'over'
  | 'expired'
  | 'maker'
  | 'made-for-it'
  | 'voted'
  | 'name-needed'
  /** It has what it needs; a further approval changes nothing. */
  | 'enough';

export type VoteResult = { kind: 'counted'; approval: Approval } | { kind: 'refused'; why: VoteRefusal };

/** One more vote. A denial wins over whatever was approved; approvals count once for each person who is no maker. */
export function castVote(approval: Approval, cast: Cast): VoteResult {
  const { vote } = cast;
  if (!isPending(approval.state)) return refused('over');
  if (Date.parse(vote.at) >= Date.parse(approval.expiresAt)) return refused('expired');
  if (vote.verdict === 'deny') return counted(approval, vote, 'denied');
  const why = whyNot(approval, cast);
  if (why !== null) return refused(why);
  const votes = [...approval.votes, vote];
  return counted(approval, vote, approvalsCounted({ votes }) >= approval.required ? 'approved' : 'open');
}

function whyNot(approval: Approval, { vote, confirm, origin }: Cast): VoteRefusal | null {
  if (approval.makers.includes(vote.person)) return 'maker';
  if (madeForIt(approval, origin)) return 'made-for-it';
  if (approval.votes.some(({ person }) => person === vote.person)) return 'voted';
  if (approval.state === 'approved') return 'enough';
  if (needsName(approval.risk) && confirm !== approval.cluster) return 'name-needed';
  return null;
}

/** A person or token that a maker has made since he asked is not another person for all that we know. */
const madeForIt = ({ makers, createdAt }: Approval, origin: Origin): boolean =>
  (makers.includes(origin.identityBy ?? '') && origin.identityAt >= createdAt) ||
  (makers.includes(origin.personBy ?? '') && origin.personAt >= createdAt);

/** Whoever approves what cannot be undone types the name of the cluster. */
export const needsName = (risk: Risk): boolean => risk === 'critical';

const counted = (approval: Approval, vote: Vote, state: Approval['state']): VoteResult => ({
  kind: 'counted',
  approval: { ...approval, state, votes: [...approval.votes, vote], version: approval.version + 1 },
});

const refused = (why: VoteRefusal): VoteResult => ({ kind: 'refused', why });
