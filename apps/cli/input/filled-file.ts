import { dirname } from 'node:path';
import { AppError, type InputIssue } from '#core/errors.ts';
import { withComposeVariables } from '#core/spec/compose-variables.ts';
import { type Lookup, withoutValues } from '#core/spec/variables.ts';
import { withConfigs } from './config-files.ts';
import type { FileError } from './file-error.ts';
import { refuseCompose, refuseSpec } from './mixed-up.ts';
import { withEnvFiles } from './service-env-files.ts';
import { atLines, readYamlFile, type YamlFile } from './yaml-file.ts';

/* Files with what they take from elsewhere put in, so that what is sent is complete in itself. */

/** A spec, with what the files say that it names. @throws AppError `invalid_input` */
export async function readSpecYaml(path: string): Promise<YamlFile> {
  const file = await readYamlFile(path);
  refuseCompose(file, path);
  return withFiles(file, path);
}

/** A Compose file, with the values of its variables too. @throws AppError `invalid_input` */
export async function readComposeYaml(path: string, lookup: Lookup): Promise<YamlFile> {
  const read = await readYamlFile(path);
  refuseSpec(read, path);
  const { file, text } = read;
  const { value, issues, names } = withComposeVariables(text.value, lookup);
  const filled = {
    file,
    text: { ...text, value },
    withoutValues: (message: string) => withoutValues(message, names, lookup),
  };
  if (issues.length > 0) throw unfilled(filled, issues);
  return withFiles(filled, path);
}

/** Paths go from the folder of the file that has them. */
async function withFiles(file: YamlFile, path: string): Promise<YamlFile> {
  const folder = path === '-' ? '.' : dirname(path);
  return withConfigs(await withEnvFiles(file, folder), folder);
}

const unfilled = (file: YamlFile, issues: readonly InputIssue[]): FileError =>
  atLines(
    file,
    new AppError('invalid_input', `${file.file} has variables that cannot be filled in`, {
      done: 'Nothing was sent.',
      next: 'Set them in the environment of this command, or name a file that has them: --env-file FILE.',
    }),
    issues,
  );
