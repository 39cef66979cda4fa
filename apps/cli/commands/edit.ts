import type { VerbName } from '#core/edits.ts';
import type { Field } from '#core/edits/fields.ts';
import { apiOf } from '#cli/api.ts';
import { mustBeAbleToAsk } from '#cli/input/agree.ts';
import type { Run } from '#cli/program.ts';
import { pickCluster } from './pick-cluster.ts';
import { planAndApply, type ApplyOptions } from './plan-and-apply.ts';
import { propose } from './propose.ts';

type Options = ApplyOptions & { cluster?: string } & Record<string, unknown>;

/** The command of a verb: its positions and flags become the args of an edit, which is planned, shown and applied. */
export function editsOf({ name, fields }: { name: VerbName; fields: Field[] }): Run<unknown[]> {
  return async (session, ...given) => {
    const positions = fields.filter((field) => field.positional);
    const options = optionsIn(given[positions.length]);
    mustBeAbleToAsk(session, options.yes === true || options.dryRun === true);
    const args = { ...argsOf(positions, given), ...flagsOf(fields, options) };
    const api = apiOf(session);
    const cluster = name === 'cluster create' ? String(given[0]) : await pickCluster(api, options.cluster);
    const proposal = await propose(
      api,
      api.client.v1.clusters[':cluster'].edits.$post({ param: { cluster }, json: { verb: name, args } }),
    );
    return planAndApply(session, proposal, options);
  };
}

/** Commander gives the flags as a plain object after the positions. */
const optionsIn = (given: unknown): Options => (typeof given === 'object' && given !== null ? { ...given } : {});

const argsOf = (positions: Field[], given: unknown[]): Record<string, unknown> =>
  Object.fromEntries(positions.map((field, at) => [field.name, given[at]]));

/** Only what was given: the verb fills in its own defaults. */
const flagsOf = (fields: Field[], options: Options): Record<string, unknown> =>
  Object.fromEntries(
    fields
      .filter((field) => !field.positional)
      .map((field): [string, unknown] => [field.name, options[camelCase(field.name)]])
      .filter(([, value]) => value !== undefined),
  );

/** As commander names the value of `--ip-range`. */
const camelCase = (name: string): string => name.replaceAll(/_(\w)/g, (_, letter: string) => letter.toUpperCase());
