import { namesCluster, type VerbName } from '#core/edits.ts';
import type { Field } from '#core/edits/fields.ts';
import { ontoSentence } from '#core/onto.ts';
import { AppError } from '#core/errors.ts';
import type { Lookup } from '#core/spec/variables.ts';
import { apiOf } from '#cli/api.ts';
import { mustBeAbleToAsk } from '#cli/input/agree.ts';
import { withComposeLines } from '#cli/input/compose-file.ts';
import { placedBy } from '#cli/input/file-error.ts';
import { readComposeYaml } from '#cli/input/filled-file.ts';
import { variablesOf } from '#cli/input/variables.ts';
import type { Run } from '#cli/lazy.ts';
import { pickCluster } from './pick-cluster.ts';
import { planAndApply, type ApplyOptions } from './plan-and-apply.ts';
import { propose } from './propose.ts';

type Options = ApplyOptions & { cluster?: string; envFile?: string } & Record<string, unknown>;

/** The command of a verb: its positions and flags become the args of an edit, which is planned, shown and applied. */
export function editsOf({ name, fields }: { name: VerbName; fields: Field[] }): Run<unknown[]> {
  return async (session, ...given) => {
    const positions = fields.filter((field) => field.positional);
    const options = optionsIn(given[positions.length]);
    mustBeAbleToAsk(session, options.yes === true || options.dryRun === true);
    const args = argsOf(name, fields, given, options);
    const { files, located } = await filesOf(fields, args, () => variablesOf(session.config, options.envFile));
    const api = apiOf(session);
    const cluster = namesCluster(name) ? String(given[0]) : await pickCluster(api, options.cluster);
    const call = api.client.v1.clusters[':cluster'].edits.$post({
      param: { cluster },
      json: { verb: name, args: { ...args, ...files } },
    });
    const proposal = await located(propose(api, call));
    const { onto } = proposal.revision;
    if (onto !== null) session.say([ontoSentence(onto)]);
    return planAndApply(session, proposal, options);
  };
}

/** Commander gives the flags as a plain object after the positions. */
const optionsIn = (given: unknown): Options => (typeof given === 'object' && given !== null ? { ...given } : {});

/** Only what was given: the verb fills in its own defaults. @throws AppError `invalid_input` */
function argsOf(verb: VerbName, fields: Field[], given: unknown[], options: Options): Record<string, unknown> {
  const positions = fields.filter((field) => field.positional);
  const args = fields.map((field): [Field, unknown] => {
    const place = field.positional ? given[positions.indexOf(field)] : undefined;
    const flag = !field.positional || field.alsoFlag ? options[camelCase(field.name)] : undefined;
    if (place !== undefined && flag !== undefined && place !== flag) throw saidTwice(field, place, flag);
    return [field, place ?? flag];
  });
  for (const [field, value] of args)
    if (field.alsoFlag && field.required && value === undefined) throw unsaid(verb, field);
  return Object.fromEntries(args.flatMap(([{ name }, value]) => (value === undefined ? [] : [[name, value]])));
}

const saidTwice = ({ flag }: Field, place: unknown, value: unknown): AppError =>
  new AppError('invalid_input', `The command says ${String(place)} and ${flag} says ${String(value)}`, {
    done: 'Nothing was sent.',
    next: 'Say it once.',
  });

const unsaid = (verb: VerbName, { name, flag, help }: Field): AppError =>
  new AppError('invalid_input', `The ${help.charAt(0).toLowerCase()}${help.slice(1)} is missing`, {
    done: 'Nothing was sent.',
    next: `Say it as \`flotilla ${verb} <${name}>\` or \`${flag} <${name}>\`. ${whereListed[verb] ?? ''}`.trim(),
  });

/** Where people find what they have to name. */
const whereListed: Partial<Record<VerbName, string>> = { rollback: '`flotilla cluster revisions` lists them.' };

/** As commander names the value of `--ip-range`. */
const camelCase = (name: string): string => name.replaceAll(/_(\w)/g, (_, letter: string) => letter.toUpperCase());

interface Files {
  /** What the files say, by the args that name them. */
  files: Record<string, unknown>;
  /** Waits for the call that carried them; a refusal gets their lines. */
  located: <T>(call: Promise<T>) => Promise<T>;
}

/** Reads the files that args name; no verb takes more than one. @throws AppError `invalid_input` (no file, no YAML) */
async function filesOf(
  fields: Field[],
  args: Record<string, unknown>,
  variables: () => Promise<Lookup>,
): Promise<Files> {
  const field = fields.find(({ kind }) => kind === 'file');
  if (field === undefined) return { files: {}, located: (call) => call };
  const file = await readComposeYaml(String(args[field.name]), await variables());
  return {
    files: { [field.name]: file.text.value },
    located: placedBy((error) => withComposeLines(error, file)),
  };
}
