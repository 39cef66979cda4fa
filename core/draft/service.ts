import { heldNames } from '../engine/held-fields.ts';
import { networksOf, type ObservedService } from '../engine/observed-service.ts';
import { isMap, mapsIn, valueAt } from '../map.ts';
import { heldKinds, type HeldKind } from '../spec/held.ts';
import type { EngineJson } from '../step.ts';
import { draftDeploy } from './deploy.ts';
import { draftMounts } from './mounts.ts';
import { draftCapabilities, draftHealthcheck, draftLogging, draftUlimits } from './process.ts';
import { pairsOf } from '../spec/scalars.ts';
import { userLabels } from '../plan/node-labels.ts';
import { said, saidByName, saidOf } from './said.ts';
import { durationText } from '../spec/duration.ts';
import { untoldOfService } from './untold-service.ts';

/** A service as a spec says it, with what its keys need at the top, and what of it cannot be said and stays as it is. */
export interface DraftService {
  service: EngineJson;
  volumes: Record<string, EngineJson>;
  held: Record<HeldKind, string[]>;
  untold: string[];
}

/** `nameOf` gives the name of a network by its id. */
export function draftService(now: ObservedService, nameOf: (target: string) => string): DraftService {
  const container: EngineJson = now.TaskTemplate.ContainerSpec;
  const mounts = draftMounts(container['Mounts']);
  const { Image, Command, Args, Env, Hostname, User, Dir, Labels } = now.TaskTemplate.ContainerSpec;
  const granted = heldKinds.map((kind) => [kind, grantsOf(kind, container)] as const);
  return {
    service: {
      image: withoutPinned(Image),
      ...said('entrypoint', Command),
      ...said('command', Args),
      ...saidByName('environment', pairsOf(Env)),
      ...said('hostname', Hostname),
      ...said('user', User),
      ...said('working_dir', Dir),
      ...saidByName('labels', userLabels(Labels)),
      ...saidByName('networks', networks(now, nameOf)),
      ...said('ports', now.EndpointSpec.Ports.map(portOf)),
      ...processKeys(container, now),
      ...(mounts.kind === 'said' ? said('volumes', mounts.mounts) : {}),
      ...Object.fromEntries(granted.filter(([, grants]) => grants.length > 0)),
      deploy: draftDeploy(now),
    },
    volumes: mounts.kind === 'said' ? mounts.volumes : {},
    held: { secrets: sourcesOf(granted[0]?.[1]), configs: sourcesOf(granted[1]?.[1]) },
    untold: [...untoldOfService(now), ...(mounts.kind === 'said' ? [] : [mounts.why])],
  };
}

/** What a tag means to a service that runs stays with the revision; a digest in the file would have to be read by people. */
function withoutPinned(image: string): string {
  const [name = '', digest] = image.split('@');
  const hasTag = name.lastIndexOf(':') > name.lastIndexOf('/');
  return digest !== undefined && hasTag ? name : image;
}

const networks = (now: ObservedService, nameOf: (target: string) => string): Record<string, EngineJson> =>
  Object.fromEntries(networksOf(now).map(({ Target, Aliases }) => [nameOf(Target), said('aliases', Aliases)] as const));

/** With the mode that it has: what runs is not decided anew. */
const portOf = (port: ObservedService['EndpointSpec']['Ports'][number]): EngineJson => ({
  target: port.TargetPort,
  published: port.PublishedPort,
  ...(port.Protocol === 'tcp' ? {} : { protocol: port.Protocol }),
  mode: port.PublishMode,
});

function processKeys(container: EngineJson, now: ObservedService): EngineJson {
  const driver = isMap(now.TaskTemplate['LogDriver']) ? now.TaskTemplate['LogDriver'] : {};
  const dns = (name: string): unknown => valueAt(container, ['DNSConfig', name]);
  const grace = container['StopGracePeriod'];
  return {
    ...draftHealthcheck(container['Healthcheck']),
    ...said('init', container['Init']),
    ...said('read_only', container['ReadOnly']),
    ...said('tty', container['TTY']),
    ...said('stdin_open', container['OpenStdin']),
    // Docker's own command line writes its default of 10 s on every service.
    ...(grace === 10e9 ? {} : saidOf('stop_grace_period', grace, durationText)),
    ...said('stop_signal', container['StopSignal']),
    ...draftCapabilities('cap_add', container['CapabilityAdd']),
    ...draftCapabilities('cap_drop', container['CapabilityDrop']),
    ...said('sysctls', container['Sysctls']),
    ...draftUlimits(container['Ulimits']),
    ...said('extra_hosts', hostsOf(container['Hosts'])),
    ...said('dns', dns('Nameservers')),
    ...said('dns_search', dns('Search')),
    ...said('dns_opt', dns('Options')),
    ...said('group_add', container['Groups']),
    ...draftLogging(driver['Name'], driver['Options']),
  };
}

/** `10.0.0.1 db cache` of the engine. */
const hostsOf = (value: unknown): string[] =>
  (Array.isArray(value) ? value.map(String) : []).flatMap((line) => {
    const [address = '', ...names] = line.split(/\s+/);
    return names.map((name) => `${name}=${address}`);
  });

function grantsOf(kind: HeldKind, container: EngineJson): EngineJson[] {
  const { list, name } = heldNames[kind];
  return mapsIn(container[list]).map((grant) => {
    const file = isMap(grant['File']) ? grant['File'] : {};
    const source = String(grant[name]);
    const { Name, UID = '0', GID = '0', Mode } = file;
    return {
      source,
      ...(Name === source ? {} : said('target', Name)),
      ...(UID === '0' ? {} : { uid: UID }),
      ...(GID === '0' ? {} : { gid: GID }),
      ...saidOf('mode', Mode === 0o444 ? 0 : Mode, (mode) => mode.toString(8).padStart(4, '0')),
    };
  });
}

const sourcesOf = (grants: readonly EngineJson[] | undefined): string[] =>
  (grants ?? []).map(({ source }) => String(source));
