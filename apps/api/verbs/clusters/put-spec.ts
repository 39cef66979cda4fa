import type { z } from 'zod';
import { AppError } from '#core/errors.ts';
import { parseSpec } from '#core/spec/parse.ts';
import type { Spec } from '#core/spec/spec.ts';
import type { proposeSchema } from '#core/wire.ts';
import { authorise } from '../../access.ts';
import type { Call } from '../../http/env.ts';
import { propose, type Proposed } from '../revisions/propose.ts';

export type PutSpec = z.output<typeof proposeSchema> & { cluster: string };

/** Proposes a whole spec. @throws AppError `invalid_spec` with pointers into the spec; see propose. */
export async function putSpec({ ctx, input }: Call<PutSpec>): Promise<Proposed> {
  await authorise(ctx, 'revision.propose', input.cluster);
  if (input.takeOver) await authorise(ctx, 'cluster.adopt', input.cluster);
  const spec = specFor(input.cluster, input.spec);
  return await propose(ctx, { spec, origin: input.origin, base: input.base, takesOver: input.takeOver });
}

/** The spec with its defaults, which must be of the cluster in the address. @throws AppError `invalid_spec` */
export function specFor(cluster: string, text: unknown): Spec {
  const spec = anySpec(text);
  if (spec.cluster === cluster) return spec;
  throw new AppError('invalid_spec', `The spec is of the cluster ${spec.cluster}, not of ${cluster}`, {
    done: 'Nothing was changed.',
    next: `Send it to ${spec.cluster}, or change its \`cluster:\`.`,
    issues: [{ pointer: '/cluster', message: `must be ${cluster} here` }],
  });
}

/** A spec of whatever cluster, with its defaults. @throws AppError `invalid_spec` */
export function anySpec(text: unknown): Spec {
  const result = parseSpec(text);
  if (result.ok) return result.spec;
  const [first] = result.issues;
  const more = result.issues.length > 1 ? ` (and ${result.issues.length - 1} more)` : '';
  const message = `The spec is not valid: ${first?.pointer ?? ''} ${first?.message ?? ''}${more}`;
  throw new AppError('invalid_spec', message, {
    done: 'Nothing was changed.',
    next: 'Mend the places that are named and try again.',
    issues: result.issues,
  });
}
