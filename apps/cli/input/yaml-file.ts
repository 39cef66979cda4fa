import { basename } from 'node:path';
import { AppError, type InputIssue } from '#core/errors.ts';
import { FileError } from './file-error.ts';
import { readText } from './read-file.ts';
import { parseYaml, type YamlText } from './yaml-text.ts';

/** A YAML file that was read. */
export interface YamlFile {
  /** Its name without folders. */
  file: string;
  text: YamlText;
  /** A message about it without the values of its variables; absent where it has none. */
  withoutValues?: (message: string) => string;
}

/** `-` is the standard input. @throws AppError `invalid_input` (no file, no YAML) */
export async function readYamlFile(path: string): Promise<YamlFile> {
  const file = path === '-' ? 'stdin' : basename(path);
  return { file, text: parseYaml(await readText(path), file) };
}

/** A refusal of what a file says, each issue with its line, in the order of the file. */
export const atLines = ({ file, text }: YamlFile, error: AppError, issues: readonly InputIssue[]): FileError =>
  new FileError(
    file,
    error,
    issues.map((issue) => ({ ...issue, line: text.lineOf(issue.pointer) })).toSorted((a, b) => a.line - b.line),
  );

/** A file with what those say that it names, and those of them that cannot be read. */
export interface WithOthers {
  file: YamlFile;
  issues: InputIssue[];
}

/** The refusal of a file that names others. */
export const namesUnreadable = ({ file }: YamlFile): AppError =>
  new AppError('invalid_input', `${file} names files that cannot be read`, { done: 'Nothing was sent.' });
