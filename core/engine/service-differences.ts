import type { EngineJson } from '../step.ts';
import { isImageAsAsked } from './image-name.ts';
import { networksOf, type ObservedService } from './observed-service.ts';
import { keysLabel } from './service-fields.ts';
import type { OwnServiceSpec } from './service-spec.ts';
import { operationLabel } from '../spec/names.ts';
import { pairsOf } from '../spec/scalars.ts';

/** Turns the id of a network into its name; what has no name stays as it is. */
export type NetworkName = (target: string) => string;

/**
 * What differs between a service and what the spec asks for, one phrase each, looking only at fields we own.
 * Values of environment variables are never told. Empty: nothing to do.
 */
export function serviceDifferences(now: ObservedService, wanted: OwnServiceSpec, nameOf: NetworkName): string[] {
  const [had, wants] = [now.TaskTemplate.ContainerSpec, wanted.TaskTemplate.ContainerSpec];
  const changes = [
    isImageAsAsked(had.Image, wants.Image) ? undefined : `image ${had.Image} → ${wants.Image}`,
    changed('replicas', replicasOf(now), 'Replicated' in wanted.Mode ? wanted.Mode.Replicated.Replicas : null),
    changed('endpoint mode', now.EndpointSpec.Mode, wanted.EndpointSpec.Mode),
    changedList('ports', portTexts(now.EndpointSpec.Ports), portTexts(wanted.EndpointSpec.Ports)),
    changedList(
      'networks',
      attachmentTexts(networksOf(now), nameOf),
      attachmentTexts(wanted.TaskTemplate.Networks, nameOf),
    ),
    changedList('entrypoint', had.Command, wants.Command ?? [], 'in order'),
    changedList('command', had.Args, wants.Args ?? [], 'in order'),
    changedNames('environment', pairsOf(had.Env), pairsOf(wants.Env)),
    changed('hostname', had.Hostname, wants.Hostname ?? ''),
    changed('user', had.User, wants.User ?? ''),
    changed('working_dir', had.Dir, wants.Dir ?? ''),
    changedNames('container labels', had.Labels, wants.Labels),
    changedNames('labels', withoutMarks(now.Labels), wanted.Labels),
    changedList('constraints', now.TaskTemplate.Placement.Constraints, wanted.TaskTemplate.Placement.Constraints),
  ];
  return changes.filter((change) => change !== undefined);
}

/** `replicated` and `global` cannot be turned into each other by an update. */
export const hasOtherMode = (now: ObservedService, wanted: OwnServiceSpec): boolean =>
  (now.Mode.Global !== undefined) !== 'Global' in wanted.Mode;

/** Body of `POST /services/{id}/update`: our fields over those that others may have set, which stay. */
export function updatedSpec(now: ObservedService, wanted: OwnServiceSpec): EngineJson {
  const { Command: _c, Args: _a, Hostname: _h, User: _u, Dir: _d, ...container } = now.TaskTemplate.ContainerSpec;
  const { Networks: _n, ...rest } = now;
  return {
    ...rest,
    Name: wanted.Name,
    Labels: wanted.Labels,
    TaskTemplate: {
      ...now.TaskTemplate,
      ContainerSpec: { ...container, ...wanted.TaskTemplate.ContainerSpec },
      Placement: { ...now.TaskTemplate.Placement, ...wanted.TaskTemplate.Placement },
      Networks: wanted.TaskTemplate.Networks,
    },
    Mode: wanted.Mode,
    EndpointSpec: wanted.EndpointSpec,
  };
}

const replicasOf = ({ Mode }: ObservedService): number | null =>
  Mode.Global !== undefined ? null : (Mode.Replicated?.Replicas ?? 1);

const shown = (value: string | number | null): string => (value === null || value === '' ? 'none' : String(value));

const changed = (what: string, now: string | number | null, wanted: string | number | null): string | undefined =>
  now === wanted ? undefined : `${what} ${shown(now)} → ${shown(wanted)}`;

function changedList(
  what: string,
  now: readonly string[],
  wanted: readonly string[],
  order = 'any order',
): string | undefined {
  const [a, b] = order === 'in order' ? [now, wanted] : [now.toSorted(), wanted.toSorted()];
  const listOf = (items: readonly string[]): string =>
    items.length === 0 ? 'none' : items.join(order === 'in order' ? ' ' : ', ');
  return JSON.stringify(a) === JSON.stringify(b) ? undefined : `${what} ${listOf(a)} → ${listOf(b)}`;
}

type Pairs = Readonly<Record<string, string>>;

/** Only names are told, with + for what is new and - for what goes: values may be secrets. */
function changedNames(what: string, now: Pairs, wanted: Pairs): string | undefined {
  const names = [...new Set([...Object.keys(now), ...Object.keys(wanted)])].filter(
    (name) => now[name] !== wanted[name],
  );
  const told = names.toSorted().map((name) => `${signOf(name, now, wanted)}${name}`);
  return told.length === 0 ? undefined : `${what} (${told.join(', ')})`;
}

function signOf(name: string, now: Pairs, wanted: Pairs): '+' | '-' | '' {
  if (!Object.hasOwn(now, name)) return '+';
  return Object.hasOwn(wanted, name) ? '' : '-';
}

function withoutMarks(all: Pairs): Record<string, string> {
  const { [operationLabel]: _operation, [keysLabel]: _keys, ...labels } = all;
  return labels;
}

interface PortLike {
  Protocol: string;
  TargetPort: number;
  PublishedPort: number;
  PublishMode: string;
}
const portTexts = (ports: readonly PortLike[]): string[] =>
  ports.map((port) => `${port.PublishedPort}:${port.TargetPort}/${port.Protocol} ${port.PublishMode}`);

const attachmentTexts = (networks: readonly { Target: string; Aliases: string[] }[], nameOf: NetworkName): string[] =>
  networks.map(
    ({ Target, Aliases }) => `${nameOf(Target)}${Aliases.length === 0 ? '' : ` (${Aliases.toSorted().join(', ')})`}`,
  );
