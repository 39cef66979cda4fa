import { apiOf } from '#cli/api.ts';
import { planLines } from '#cli/output/plan-view.ts';
import type { Session } from '#cli/session.ts';
import { makePlan } from './plan-and-apply.ts';
import { proposalOf, type Subject } from './proposal.ts';
import { takeBack } from './propose.ts';

/** Plans a file, or the current revision of a cluster: what is shown then is drift. Changes nothing on any host. */
export async function plan(session: Session, subject: Subject): Promise<number> {
  const proposal = await proposalOf(session, subject, 'plan');
  try {
    const made = await makePlan(session, proposal.revision);
    if (typeof made === 'number') return made;
    session.show(made, () =>
      planLines(made, {
        ...session.layout(),
        verbose: session.flags.verbose === true,
        known: proposal.revision.decisions,
      }),
    );
    return 0;
  } finally {
    await takeBack(apiOf(session), proposal, 'planned only');
  }
}
