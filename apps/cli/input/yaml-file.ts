import { basename } from 'node:path';
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
