import type { Intent } from '#core/command/command.ts';
import { commands } from '#core/command/commands.ts';
import { normalForm } from '#core/command/normal-form.ts';
import { fieldsOf } from '#core/edits/fields.ts';
import { type MissingMemory, missingModal } from '../blocks/modals.ts';
import type { CommandProblem } from '#core/command/parsed.ts';
import type { WebApi } from '../web/web-api.ts';

interface Asked {
  triggerId: string | null;
  channel: string;
}

const openMs = 2_000;

/** Opens a modal for what is missing. False when there can be none: then it is asked for in words. */
export async function askForMissing(
  web: WebApi,
  { missing }: CommandProblem,
  { triggerId, channel }: Asked,
): Promise<boolean> {
  if (missing === undefined || triggerId === null) return false;
  const view = missingModal(missing.fields, { channel, intent: missing.intent });
  if (view === undefined) return false;
  const opened = await web('views.open', { trigger_id: triggerId, view }, openMs);
  return opened.kind === 'ok';
}

/** The command as it would have been typed with what was missing, so that it goes the same way as every other. */
export function completedText({ intent }: MissingMemory, values: Readonly<Record<string, string>>): string {
  const { reason = intent.reason, ...given } = values;
  const command = commands.get(intent.command);
  const fields = command === undefined ? [] : fieldsOf(command);
  const args = Object.fromEntries(
    Object.entries(given).map(([name, text]) => {
      const isList = fields.some((field) => field.name === name && field.kind === 'list');
      return [name, isList ? text.split(/[\s,]+/).filter((part) => part !== '') : oneLine(text)];
    }),
  );
  const whole: Intent = {
    ...intent,
    args: { ...intent.args, ...args },
    reason: reason === null ? null : oneLine(reason),
  };
  return normalForm(whole);
}

const oneLine = (text: string): string => text.replace(/\s+/g, ' ').trim();
