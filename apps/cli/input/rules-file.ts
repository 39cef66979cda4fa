import { z } from 'zod';
import { AppError } from '#core/errors.ts';
import { inputIssues } from '#core/spec/input-issues.ts';
import { type WebhookRule, webhookRuleSchema } from '#core/webhooks/rule.ts';
import { placedBy } from './file-error.ts';
import { atLines, readYamlFile, type YamlFile } from './yaml-file.ts';

/** The rules of a source of webhooks, from a file. */
export interface RulesFile {
  rules: WebhookRule[];
  /** Waits for a call that carried them; what is refused of the rules is told with their lines. */
  located: <T>(call: Promise<T>) => Promise<T>;
}

const schema = z.array(webhookRuleSchema).min(1);
const next = 'Mend the places that are named and try again.';

/** @throws AppError `invalid_input` for a file that has no rules, or wrong ones. */
export async function readRulesFile(path: string): Promise<RulesFile> {
  const file = await readYamlFile(path);
  const { value } = file.text;
  if (!Array.isArray(value))
    throw new AppError('invalid_input', `The rules in ${file.file} have to be a list`, {
      done: 'Nothing was sent.',
      next: 'Begin each rule with `- event: …`.',
    });
  const { data, error } = schema.safeParse(value);
  if (data !== undefined) return { rules: data, located: placedBy((refusal) => withLines(refusal, file)) };
  const wrong = new AppError('invalid_input', `${file.file} has wrong rules`, { done: 'Nothing was sent.', next });
  throw atLines(file, wrong, inputIssues(error, { schema, input: value }));
}

/** A refusal of the API whose issues are places in the rules; any other as it is. */
function withLines(error: AppError, file: YamlFile): AppError {
  const issues = error.issues?.filter(({ pointer }) => pointer.startsWith(`${inBody}/`)) ?? [];
  if (issues.length === 0) return error;
  return atLines(
    file,
    error,
    issues.map((issue) => ({ ...issue, pointer: issue.pointer.slice(inBody.length) })),
  );
}

/** Where the rules are in the body of a request. */
const inBody = '/rules';
