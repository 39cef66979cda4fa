import { type Approval, countSentence } from '#core/approval/approval.ts';
import type { VoteRefusal } from '#core/approval/vote.ts';
import { AppError } from '#core/errors.ts';

const done = 'Nothing was changed.';

/** Why a vote does not count, for whoever cast it. */
const refusals: Record<VoteRefusal, (approval: Approval) => AppError> = {
  over: ({ state, reason }) =>
    new AppError('conflict', `It is ${state} already${reason === null ? '' : `: ${reason}`}`, { done }),
  expired: ({ expiresAt }) =>
    new AppError('approval_expired', `It could be approved until ${expiresAt}`, {
      done,
      next: 'Plan and apply it again; the new plan can be approved.',
    }),
  maker: () =>
    new AppError('forbidden', 'Whoever proposed or asked for a change does not approve it, under no identity', {
      done,
      next: 'Another person has to: `flotilla approvals ls` shows what is missing.',
    }),
  'made-for-it': () =>
    new AppError(
      'forbidden',
      'This token, or its person, was made by somebody who asks for the change, and after he asked',
      {
        done,
        next: 'Use an older token, or have a third person approve.',
      },
    ),
  voted: (approval) =>
    new AppError('conflict', `You have approved it before. ${countSentence(approval)}`, {
      done,
      next: 'A person counts once, under whichever identity.',
    }),
  enough: (approval) => new AppError('conflict', countSentence(approval), { done }),
  'name-needed': ({ cluster, risk }) =>
    new AppError('invalid_input', `The risk is ${risk}: type the name of the cluster to approve it`, {
      done,
      next: `Add \`--confirm ${cluster}\` if that is what you mean.`,
      issues: [{ pointer: '/confirm', message: `must be ${cluster}` }],
    }),
};

/** The message that was clicked shows what is not to be done any more. */
export const anotherPlan = ({ digest }: Approval): AppError =>
  new AppError('plan_stale', 'The plan has changed since this was shown', {
    done,
    next: `The plan to approve is ${digest.slice(0, 12)} now; look at it first.`,
  });

export const refusalOf = (approval: Approval, why: VoteRefusal): AppError => refusals[why](approval);
