import { isMap } from '../../map.ts';
import { asItIs, type Json, refused, type Rule } from './fate.ts';

/** By what Compose takes for an architecture, as nodes call theirs (`uname -m`). */
const architectures: ReadonlyMap<string, string> = new Map(
  Object.entries({
    amd64: 'x86_64',
    'x86-64': 'x86_64',
    x86_64: 'x86_64',
    arm64: 'aarch64',
    'arm64/v8': 'aarch64',
    aarch64: 'aarch64',
  }),
);

/** The platform of a service is that of the nodes on which it may run: each runs images of its own. */
export const platform: Rule = (value, { service }) => {
  const [, os = '', architecture = ''] = /^([a-z]+)(?:\/([a-z0-9_/-]+))?$/.exec(String(value).toLowerCase()) ?? [];
  const arch = architectures.get(architecture);
  if (os !== 'linux' || (architecture !== '' && arch === undefined))
    return refused(
      '`linux/amd64` and `linux/arm64` are understood; for others write `deploy.placement.constraints: [node.platform.arch == armv7l]`, as `uname -m` says it',
    );
  if (arch === undefined) return asItIs;
  const at = ['deploy', 'placement', 'constraints'];
  const constraint = `node.platform.arch == ${arch}`;
  const changed = withConstraint(service, constraint);
  return changed === undefined ? asItIs : { kind: 'becomes', service: changed.service, at: [...at, changed.index] };
};

/** Undefined where it is there already, or where there is no place for it. */
function withConstraint(service: Json, constraint: string): { service: Json; index: number } | undefined {
  const deploy = service['deploy'] ?? {};
  const placement = isMap(deploy) ? (deploy['placement'] ?? {}) : undefined;
  const constraints = isMap(placement) ? (placement['constraints'] ?? []) : undefined;
  if (!isMap(deploy) || !isMap(placement) || !Array.isArray(constraints) || constraints.includes(constraint))
    return undefined;
  const more = { ...placement, constraints: [...constraints, constraint] };
  return { service: { ...service, deploy: { ...deploy, placement: more } }, index: constraints.length };
}
