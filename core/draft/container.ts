import { isSameJson } from '../canonical.ts';
import { isMap, mapsIn } from '../map.ts';
import type { StandingFacts } from '../observation.ts';
import { sizeText } from '../spec/amounts.ts';
import type { EngineJson } from '../step.ts';
import { draftMounts, type DraftMounts } from './mounts.ts';
import { draftCapabilities, draftHealthcheck, draftLogging, draftUlimits } from './process.ts';
import { pairsOf } from '../spec/scalars.ts';
import { userLabels } from '../plan/node-labels.ts';
import { isNothing, said, saidByName, saidOf } from './said.ts';
import { othersProject, unsayable } from './unlike-container.ts';

/** A standalone container as a spec says it; or why it stays with who started it. */
export type DraftContainer =
  | { kind: 'said'; container: EngineJson; volumes: Record<string, EngineJson> }
  | { kind: 'untold'; why: string };

/** What is for a spec: whom nobody else looks after. */
export function draftContainer(host: string, facts: StandingFacts): DraftContainer {
  const why = othersProject(facts);
  return why === null ? asSpec(host, facts) : { kind: 'untold', why };
}

/**
 * Says what was asked for beyond the image. Other than a service, a container that is changed is made anew of its spec
 * alone, so that one with a setting that cannot be said is not said at all.
 */
export function asSpec(host: string, facts: StandingFacts): DraftContainer {
  const mounts = mountsOf(facts);
  const why = unsayable(facts) ?? (mounts.kind === 'untold' ? mounts.why : null);
  if (why !== null || mounts.kind === 'untold') return { kind: 'untold', why: why ?? '' };
  const { config, hostConfig: its, image } = facts;
  const beyond = (name: string): unknown =>
    isSameJson(config[name] ?? null, image[name] ?? null) ? undefined : config[name];
  return {
    kind: 'said',
    volumes: mounts.volumes,
    container: {
      host,
      image: config['Image'],
      ...said('entrypoint', beyond('Entrypoint')),
      ...said('command', beyond('Cmd')),
      ...saidByName('environment', pairsOf(linesBeyond(config['Env'], image['Env']))),
      ...(isOwnName(facts) ? {} : said('hostname', config['Hostname'])),
      ...said('user', beyond('User')),
      ...said('working_dir', beyond('WorkingDir')),
      ...saidByName('labels', labelsBeyond(config['Labels'], image['Labels'])),
      ...saidByName('networks', networksOf(facts)),
      ...said('ports', portsOf(its['PortBindings'])),
      ...draftHealthcheck(beyond('Healthcheck')),
      ...said('stop_signal', beyond('StopSignal')),
      ...saidOf('stop_grace_period', config['StopTimeout'], (seconds) => `${seconds}s`),
      ...said('tty', config['Tty']),
      ...said('stdin_open', config['OpenStdin']),
      ...hostKeys(its),
      ...said('volumes', mounts.mounts),
      restart: restartOf(its['RestartPolicy']),
    },
  };
}

/** The host name that the engine gives where nobody asks: the beginning of the id, or that of the host whose network it is on. */
const isOwnName = ({ id, config, hostConfig }: StandingFacts): boolean =>
  hostConfig['NetworkMode'] === 'host' || id.startsWith(String(config['Hostname']));

const hostKeys = (its: EngineJson): EngineJson => ({
  ...said('init', its['Init']),
  ...said('read_only', its['ReadonlyRootfs']),
  ...draftCapabilities('cap_add', its['CapAdd']),
  ...draftCapabilities('cap_drop', its['CapDrop']),
  ...said('sysctls', its['Sysctls']),
  ...draftUlimits(its['Ulimits']),
  ...said('extra_hosts', its['ExtraHosts']),
  ...said('dns', its['Dns']),
  ...said('dns_search', its['DnsSearch']),
  ...said('dns_opt', its['DnsOptions']),
  ...said('group_add', its['GroupAdd']),
  ...loggingOf(its['LogConfig']),
  ...saidOf('cpus', its['NanoCpus'], (nano) => String(nano / 1e9)),
  ...saidOf('mem_limit', its['Memory'], sizeText),
  ...saidOf('mem_reservation', its['MemoryReservation'], sizeText),
  ...said('pids_limit', its['PidsLimit']),
});

/** `json-file` without options is what an engine gives a container of which nothing was said. */
function loggingOf(value: unknown): EngineJson {
  const { Type, Config } = isMap(value) ? value : {};
  return Type === 'json-file' && isNothing(Config) ? {} : draftLogging(Type, Config);
}

function restartOf(value: unknown): string {
  const name = isMap(value) ? value['Name'] : undefined;
  return typeof name === 'string' && name !== '' ? name : 'no';
}

/** A container is on the engine's `bridge` where nothing is said. */
function networksOf({ networks, id, name }: StandingFacts): Record<string, EngineJson> {
  const own = new Set([name, id.slice(0, 12)]);
  const entries = Object.entries(networks).map(([network, aliases]) => {
    const others = aliases.filter((alias) => !own.has(alias));
    return [network, said('aliases', others)] as const;
  });
  return entries.length === 1 && entries[0]?.[0] === 'bridge' ? {} : Object.fromEntries(entries);
}

/** `{ "80/tcp": [{ "HostIp": "", "HostPort": "8080" }] }`. */
function portsOf(value: unknown): string[] {
  const bound = isMap(value) ? Object.entries(value) : [];
  const texts = bound.flatMap(([target, bindings]) =>
    mapsIn(bindings).map(({ HostPort }) => `${String(HostPort)}:${target.replace(/\/tcp$/, '')}`),
  );
  return [...new Set(texts)];
}

const textsIn = (value: unknown): string[] => (Array.isArray(value) ? value.map(String) : []);
const linesBeyond = (now: unknown, image: unknown): string[] => {
  const given = new Set(textsIn(image));
  return textsIn(now).filter((line) => !given.has(line));
};

function labelsBeyond(now: unknown, image: unknown): Record<string, string> {
  const given = isMap(image) ? image : {};
  const labels = isMap(now) ? Object.entries(now).filter(([name, value]) => given[name] !== value) : [];
  return userLabels(Object.fromEntries(labels.map(([name, value]) => [name, String(value)])));
}

/** As the engine lists what is mounted, whichever of its flags it was asked by; what is in memory stands in its settings. */
function mountsOf({ mounts, hostConfig }: StandingFacts): DraftMounts {
  const tmpfs = isMap(hostConfig['Tmpfs']) ? Object.entries(hostConfig['Tmpfs']) : [];
  if (tmpfs.length > 0) return { kind: 'untold', why: `it has ${tmpfs[0]?.[0]} in memory by \`--tmpfs\`` };
  const inMemory = mapsIn(hostConfig['Mounts']).filter(({ Type }) => Type === 'tmpfs');
  const others = mounts
    .filter(({ Type }) => Type !== 'tmpfs')
    .map(({ Type, Name, Source, Destination, RW, Driver, Propagation }) => ({
      Type,
      Source: Type === 'volume' ? (isGenerated(Name) ? '' : Name) : Source,
      Target: Destination,
      ...(RW === false ? { ReadOnly: true } : {}),
      ...(Type === 'bind' && Propagation !== 'rprivate' ? { BindOptions: { Propagation } } : {}),
      ...(Type === 'volume' && Driver !== 'local' ? { VolumeOptions: { DriverConfig: { Name: Driver } } } : {}),
    }));
  return draftMounts([...others, ...inMemory]);
}

/** 64 hex digits: the engine named it, as nobody else did. */
const isGenerated = (name: unknown): boolean => /^[0-9a-f]{64}$/.test(String(name));
