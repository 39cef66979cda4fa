import { mustBeAbleToAsk } from '#cli/input/agree.ts';
import type { Session } from '#cli/session.ts';
import { planAndApply, type ApplyOptions } from './plan-and-apply.ts';
import { proposalOf, type Subject } from './proposal.ts';

/** Proposes the spec of a file and carries it out, or carries out the current revision again: that mends drift. */
export async function apply(session: Session, options: ApplyOptions & Subject): Promise<number> {
  mustBeAbleToAsk(session, options.yes === true || options.dryRun === true);
  return planAndApply(session, await proposalOf(session, options, 'apply'), options);
}
