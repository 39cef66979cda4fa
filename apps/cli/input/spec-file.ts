import { basename } from 'node:path';
import { AppError } from '#core/errors.ts';
import { parseSpec } from '#core/spec/parse.ts';
import { FileError } from './file-error.ts';
import { readText } from './read-file.ts';
import { parseYaml, type YamlText } from './yaml-text.ts';

/** A spec that passed every check that needs no control plane. */
export interface SpecFile {
  /** Its name without folders. */
  file: string;
  cluster: string;
  /** As it is written: the control plane fills in the defaults itself. */
  spec: unknown;
  /** Waits for a call that carried the spec; a refusal gets the lines of the file. */
  located: <T>(call: Promise<T>) => Promise<T>;
}

/**
 * Reads and checks a spec. @throws AppError `invalid_input` (no file, no YAML), `invalid_spec` with every issue that was
 * found, each with its line.
 */
export async function readSpecFile(path: string): Promise<SpecFile> {
  const file = path === '-' ? 'stdin' : basename(path);
  const text = parseYaml(await readText(path), file);
  const parsed = parseSpec(text.value);
  if (!parsed.ok)
    throw withLines(
      file,
      text,
      new AppError('invalid_spec', `${file} is not a valid spec`, {
        issues: parsed.issues,
        done: 'Nothing was sent.',
        next: 'Mend the places that are named and try again.',
      }),
    );
  const located = async <T>(call: Promise<T>): Promise<T> => {
    try {
      return await call;
    } catch (error) {
      throw error instanceof AppError ? withLines(file, text, error) : error;
    }
  };
  return { file, cluster: parsed.spec.cluster, spec: text.value, located };
}

/** The same refusal with a line for each issue, in the order of the file. */
function withLines(file: string, { lineOf }: YamlText, error: AppError): AppError {
  if (error.issues === undefined) return error;
  const issues = error.issues.map((issue) => ({ ...issue, line: lineOf(issue.pointer) }));
  return new FileError(
    file,
    error,
    issues.toSorted((a, b) => a.line - b.line),
  );
}
