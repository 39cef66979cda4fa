import type { KnownBlock, ModalView } from '@slack/types';
import { z } from 'zod';
import type { Field } from '#core/edits/fields.ts';
import { clip, code, plain, section } from './text.ts';

const intentSchema = z.object({
  command: z.string(),
  args: z.record(z.string(), z.unknown()),
  cluster: z.string().nullable(),
  reason: z.string().nullable(),
  dryRun: z.boolean(),
  force: z.boolean(),
});

/** What the modal for missing arguments must remember until it is sent; Slack keeps it for us. */
export const missingMemorySchema = z.object({ channel: z.string(), intent: intentSchema });
export type MissingMemory = z.infer<typeof missingMemorySchema>;

/** The approval and the very plan that were shown, and where. */
export const voteMemorySchema = z.object({
  channel: z.string(),
  approval: z.string(),
  digest: z.string(),
  cluster: z.string(),
});
export type VoteMemory = z.infer<typeof voteMemorySchema>;

const titleMax = 24;
const labelMax = 150;
const memoryMax = 3000;

export const callbacks = { missing: 'command-missing', confirm: 'plan-confirm', deny: 'plan-deny' } as const;

/** Where the one input of a modal is. */
export const inputs = { confirm: 'confirm', reason: 'reason' } as const;

const titled = (title: string): ModalView['title'] => ({ type: 'plain_text', text: clip(title, titleMax) });

/**
 * Asks for what a command lacks. Undefined when the command is too long for Slack to keep: then it is asked for in
 * words, by the problem's own sentence.
 */
export function missingModal(fields: readonly Field[], memory: MissingMemory): ModalView | undefined {
  const kept = JSON.stringify(memory);
  if (kept.length > memoryMax) return undefined;
  return {
    type: 'modal',
    callback_id: callbacks.missing,
    private_metadata: kept,
    title: titled(memory.intent.command),
    submit: titled('Go on'),
    close: titled('Never mind'),
    blocks: fields.map(inputOf),
  };
}

function inputOf(field: Field): KnownBlock {
  const label = { type: 'plain_text', text: clip(field.help === '' ? field.name : field.help, labelMax) } as const;
  const head = { type: 'input', block_id: field.name, label, optional: !field.required } as const;
  if (field.kind !== 'choice')
    return { ...head, element: { type: 'plain_text_input', action_id: 'value', multiline: field.kind === 'list' } };
  const options = field.choices.map((choice) => ({
    text: { type: 'plain_text', text: clip(choice, 75) } as const,
    value: choice,
  }));
  return { ...head, element: { type: 'static_select', action_id: 'value', options } };
}

/** A critical plan is agreed to by typing its cluster's name, not by a button alone. */
export const confirmModal = (memory: VoteMemory): ModalView => ({
  type: 'modal',
  callback_id: callbacks.confirm,
  private_metadata: JSON.stringify(memory),
  title: titled('Approve a critical plan'),
  submit: titled('Approve'),
  close: titled('Never mind'),
  blocks: [
    section(`Plan ${code(memory.digest.slice(0, 12))} of *${plain(memory.cluster)}* cannot be undone.`),
    {
      type: 'input',
      block_id: inputs.confirm,
      label: { type: 'plain_text', text: 'To approve it, type the name of the cluster' },
      element: { type: 'plain_text_input', action_id: 'value' },
    },
  ],
});

/** Whoever refuses says why: the requester will read it. */
export const denyModal = (memory: VoteMemory): ModalView => ({
  type: 'modal',
  callback_id: callbacks.deny,
  private_metadata: JSON.stringify(memory),
  title: titled('Deny a plan'),
  submit: titled('Deny'),
  close: titled('Never mind'),
  blocks: [
    section(`Plan ${code(memory.digest.slice(0, 12))} of *${plain(memory.cluster)}*`),
    {
      type: 'input',
      block_id: inputs.reason,
      label: { type: 'plain_text', text: 'Reason' },
      element: { type: 'plain_text_input', action_id: 'value', multiline: true, max_length: 1000 },
    },
  ],
});
