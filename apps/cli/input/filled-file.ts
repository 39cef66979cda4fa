import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { AppError, type InputIssue } from '#core/errors.ts';
import { withComposeVariables } from '#core/spec/compose-variables.ts';
import { composeIssues } from '#core/spec/parse.ts';
import { type Lookup, withoutValues } from '#core/spec/variables.ts';
import { withConfigs } from './config-files.ts';
import { refuseCompose, refuseSpec } from './mixed-up.ts';
import { withEnvFiles } from './service-env-files.ts';
import { atLines, namesUnreadable, readYamlFile, type WithOthers, type YamlFile } from './yaml-file.ts';

/* Files with what they take from elsewhere put in, so that what is sent is complete in itself. */

/** A spec, with what the files say that it names. @throws AppError `invalid_input` */
export async function readSpecYaml(path: string): Promise<YamlFile> {
  const read = await readYamlFile(path);
  refuseCompose(read, path);
  const { file, issues } = await withFiles(read, path);
  if (issues.length === 0) return file;
  throw atLines(file, namesUnreadable(file), issues);
}

/**
 * A Compose file, with the values of its variables too. @throws AppError `invalid_input`, then with every other place
 * that is wrong as well
 */
export async function readComposeYaml(path: string, lookup: Lookup): Promise<YamlFile> {
  const read = await readYamlFile(path);
  refuseSpec(read, path);
  const { value, issues: unset, names } = withComposeVariables(read.text.value, lookup);
  const hide = (message: string): string => withoutValues(message, names, lookup);
  const filled = { file: read.file, text: { ...read.text, value }, withoutValues: hide };
  const { file, issues: unread } = await withFiles(filled, path);
  const told = [...unset, ...unread];
  if (told.length === 0) return file;
  const others = composeIssues(file.text.value).filter((issue) => !told.some((one) => isAboutSame(one, issue)));
  throw atLines(file, unset.length > 0 ? unfilled(file, path) : namesUnreadable(file), [
    ...told,
    ...others.map((issue) => ({ ...issue, message: hide(issue.message) })),
  ]);
}

/** Paths go from the folder of the file that has them. */
async function withFiles(file: YamlFile, path: string): Promise<WithOthers> {
  const folder = path === '-' ? '.' : dirname(path);
  const withVariables = await withEnvFiles(file, folder);
  const whole = await withConfigs(withVariables.file, folder);
  return { file: whole.file, issues: [...withVariables.issues, ...whole.issues] };
}

/** One is at the place of the other, or inside of it. */
const isAboutSame = (one: InputIssue, other: InputIssue): boolean =>
  `${one.pointer}/`.startsWith(`${other.pointer}/`) || `${other.pointer}/`.startsWith(`${one.pointer}/`);

/** Compose reads a `.env` by itself; here it is named. */
function unfilled({ file }: YamlFile, path: string): AppError {
  const beside = join(path === '-' ? '.' : dirname(path), '.env');
  return new AppError('invalid_input', `${file} has variables that cannot be filled in`, {
    done: 'Nothing was sent.',
    next: `Set them in the environment of this command, or name a file that has them: --env-file ${existsSync(beside) ? beside : 'FILE'}.`,
  });
}
