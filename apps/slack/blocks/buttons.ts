import type { KnownBlock } from '@slack/types';
import { z } from 'zod';
import { isPending } from '#core/approval/approval.ts';
import { needsName } from '#core/approval/vote.ts';
import { isFinished } from '#core/operation.ts';
import type { OperationView } from '#core/wire.ts';

/** Names of the buttons; a message that was posted long ago still carries them. */
export const actions = {
  apply: 'plan-apply',
  approve: 'plan-approve',
  /** Approve by typing the name. */
  confirm: 'plan-confirm',
  deny: 'plan-deny',
  cancel: 'operation-cancel',
  retry: 'operation-retry',
  verify: 'cluster-verify',
} as const;

const referenceSchema = z.object({ approval: z.string(), digest: z.string(), cluster: z.string() });
export type ApprovalReference = z.infer<typeof referenceSchema>;

/** The approval and the very plan that a button was shown for; null for the value of another button. */
export function approvalReference(value: string): ApprovalReference | null {
  if (!value.startsWith('{')) return null;
  try {
    return referenceSchema.parse(JSON.parse(value));
  } catch {
    return null;
  }
}

interface Button {
  text: string;
  action: string;
  value: string;
  style?: 'primary' | 'danger';
}

const row = (...buttons: readonly Button[]): KnownBlock[] =>
  buttons.length === 0
    ? []
    : [
        {
          type: 'actions',
          elements: buttons.map(({ text, action, value, style }) => ({
            type: 'button',
            text: { type: 'plain_text', text },
            action_id: action,
            value,
            ...(style === undefined ? {} : { style }),
          })),
        },
      ];

/** Only what the state allows; whether the clicker may is checked at the click. */
export function buttonsOf(view: OperationView): KnownBlock[] {
  const { id, kind, state, cluster, planDigest, plan } = view;
  if (!isFinished(state))
    return row(...approvalButtons(view), { text: 'Cancel', action: actions.cancel, value: id, style: 'danger' });
  if (kind === 'plan' && state === 'succeeded' && planDigest !== null && (plan?.steps.length ?? 0) > 0)
    return row({ text: 'Apply this plan', action: actions.apply, value: planDigest, style: 'primary' });
  if (kind === 'verify' && cluster !== null)
    return row({ text: 'Verify again', action: actions.verify, value: cluster });
  if (state === 'failed') return row({ text: 'Try again', action: actions.retry, value: id });
  return [];
}

function approvalButtons({ state, approval }: OperationView): Button[] {
  if (state !== 'awaiting-approval' || approval === null || !isPending(approval.state)) return [];
  const { id, digest, cluster, risk } = approval;
  const value = JSON.stringify({ approval: id, digest, cluster } satisfies ApprovalReference);
  const approve: Button = needsName(risk)
    ? { text: 'Approve …', action: actions.confirm, value, style: 'primary' }
    : { text: 'Approve', action: actions.approve, value, style: 'primary' };
  return [approve, { text: 'Deny …', action: actions.deny, value }];
}
