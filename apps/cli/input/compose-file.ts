import { basename } from 'node:path';
import type { AppError, InputIssue } from '#core/errors.ts';
import { FileError } from './file-error.ts';
import { readText } from './read-file.ts';
import { parseYaml, type YamlText } from './yaml-text.ts';

/** A Compose file, which is sent as a part of something larger. */
export interface ComposeFile {
  /** Its name without folders. */
  file: string;
  text: YamlText;
}

/** @throws AppError `invalid_input` (no file, no YAML) */
export async function readComposeFile(path: string): Promise<ComposeFile> {
  const file = path === '-' ? 'stdin' : basename(path);
  return { file, text: parseYaml(await readText(path), file) };
}

/** An issue as a place in the Compose file of its stack, or undefined when it is about something else. */
export function inComposeFile(issue: InputIssue, fileOf: (stack: string) => ComposeFile | undefined) {
  const [, stack = '', pointer = ''] = /^\/stacks\/([^/]+)\/compose(\/.*)?$/.exec(issue.pointer) ?? [];
  const found = fileOf(stack);
  if (found === undefined) return undefined;
  return { ...issue, pointer, file: found.file, line: found.text.lineOf(pointer) };
}

/** The same refusal with the lines of the one Compose file that was sent. */
export const withComposeLines = (error: AppError, file: ComposeFile): AppError =>
  error.issues === undefined
    ? error
    : new FileError(
        undefined,
        error,
        error.issues.map((issue) => inComposeFile(issue, () => file) ?? issue),
      );
