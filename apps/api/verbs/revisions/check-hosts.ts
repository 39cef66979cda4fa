import { AppError, type InputIssue } from '#core/errors.ts';
import type { Spec } from '#core/spec/spec.ts';
import { kept } from '#db/kept.ts';
import { hosts } from '#db/schema/index.ts';
import type { Reader } from '#db/reader.ts';

const membersOf = kept(
  [hosts],
  async (read) => await read.select({ name: hosts.name, cluster: hosts.cluster }).from(hosts),
);

/**
 * Every node of a spec must be a registered host that belongs to no other cluster; all that are not are named at once.
 * @throws AppError `invalid_spec`
 */
export async function checkHosts(read: Reader, spec: Spec): Promise<void> {
  const rows = await membersOf(read);
  const known = new Map(rows.map(({ name, cluster }) => [name, cluster]));
  const issues = Object.keys(spec.nodes).flatMap((name): InputIssue[] => {
    const pointer = `/nodes/${name}`;
    const cluster = known.get(name);
    if (cluster === undefined) return [{ pointer, message: `no host ${name} is registered` }];
    if (cluster === null || cluster === spec.cluster) return [];
    return [{ pointer, message: `${name} belongs to the cluster ${cluster}` }];
  });
  const missing = Object.keys(spec.nodes).filter((name) => !known.has(name));
  if (issues.length === 0) return;
  throw new AppError(
    'invalid_spec',
    `The nodes of the spec cannot be used: ${issues.map(({ message }) => message).join('; ')}`,
    {
      done: 'Nothing was changed.',
      next:
        missing.length === 0
          ? `A host belongs to one cluster at most: take it out of the other first (${waysOut(spec, known)}).`
          : `Register ${missing.join(', ')} with \`flotilla host add\`.`,
      issues,
    },
  );
}

/** What frees each host that belongs to another cluster. */
const waysOut = ({ cluster, nodes }: Spec, known: ReadonlyMap<string, string | null>): string =>
  Object.keys(nodes)
    .flatMap((name) => {
      const other = known.get(name) ?? null;
      return other === null || other === cluster ? [] : [`\`flotilla node rm ${name} --cluster ${other}\``];
    })
    .join(', ');
