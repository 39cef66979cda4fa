import { AppError } from '#core/errors.ts';
import { parseSpec } from '#core/spec/parse.ts';
import { FileError, placedBy } from './file-error.ts';
import type { Lookup } from '#core/spec/variables.ts';
import { inComposeFile } from './compose-file.ts';
import { readSpecYaml } from './filled-file.ts';
import { readStackFiles, type StackFiles } from './stack-files.ts';
import type { YamlFile } from './yaml-file.ts';

/** A spec that passed every check that needs no control plane. */
export interface SpecFile {
  /** Its name without folders. */
  file: string;
  cluster: string;
  /** As it is written, with what the files say that it names: the control plane fills in the defaults itself. */
  spec: unknown;
  /** Waits for a call that carried the spec; a refusal gets the lines of the file. */
  located: <T>(call: Promise<T>) => Promise<T>;
}

/**
 * Reads and checks a spec. @throws AppError `invalid_input` (no file, no YAML), `invalid_spec` with every issue that was
 * found, each with its line. `lookup` gives the variables of the Compose files of its stacks.
 */
export async function readSpecFile(path: string, lookup: Lookup): Promise<SpecFile> {
  const { file, text } = await readSpecYaml(path);
  const { spec, fileOf } = await readStackFiles(text.value, path, lookup);
  const withLines = (error: AppError): AppError => located(error, { file, text, fileOf });
  const parsed = parseSpec(spec);
  if (!parsed.ok)
    throw withLines(
      new AppError('invalid_spec', `${file} is not a valid spec`, {
        issues: parsed.issues,
        done: 'Nothing was sent.',
        next: 'Mend the places that are named and try again.',
      }),
    );
  return {
    file,
    cluster: parsed.spec.cluster,
    spec,
    located: placedBy(withLines),
  };
}

interface Places extends YamlFile {
  fileOf: StackFiles['fileOf'];
}

/** The same refusal with a line for each issue, in the order of the file; of a stack the line of its Compose file. */
function located(error: AppError, { file, text, fileOf }: Places): AppError {
  if (error.issues === undefined) return error;
  const issues = error.issues.map(
    (issue) => inComposeFile(issue, fileOf) ?? { ...issue, line: text.lineOf(issue.pointer) },
  );
  return new FileError(
    file,
    error,
    issues.toSorted((a, b) => a.line - b.line),
  );
}
