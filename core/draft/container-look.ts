import { isMountOptions, mountParts, mountValues } from '../engine/mounts.ts';
import { mapParts, scalarPart, textsOf } from '../engine/parts.ts';
import { runtimeFields } from '../engine/runtime-fields.ts';
import type { Parts, Within } from '../engine/service-field.ts';
import type { StandingFacts } from '../observation.ts';
import { userLabels } from '../plan/node-labels.ts';
import { bytesOf, nanoCpusOf, sizeText } from '../spec/amounts.ts';
import { nanosecondsOf } from '../spec/duration.ts';
import { pairsOf } from '../spec/scalars.ts';
import type { ContainerSpec } from '../spec/service.ts';
import type { Spec } from '../spec/spec.ts';
import type { EngineJson } from '../step.ts';

/*
 * What a container is that is made of a spec, part by part, in the same text for what means the same: what the spec leaves
 * out is as in the image or by the engine's default. Two specs are alike when they look alike.
 */

type Look = Readonly<Record<string, Parts>>;

const one = (text: string | undefined): Parts => (text === undefined || text === '' ? {} : { '': text });
const set = (items: readonly string[], none = ''): Parts => one([...new Set(items)].sort().join(', ') || none);

/** `facts` are those of the container that is compared: its image and its name. */
export const containerLook = (
  spec: ContainerSpec,
  { image, name }: StandingFacts,
  volumes: NonNullable<Spec['volumes']>,
): Look => ({
  ...processLook(spec, image),
  hostname: one(spec.hostname),
  networks: set(
    Object.entries(spec.networks).map(([network, { aliases }]) => {
      const others = aliases.filter((alias) => alias !== name).toSorted();
      return others.length === 0 ? network : `${network} (${others.join(', ')})`;
    }),
    'bridge',
  ),
  ports: set(spec.ports.map(({ published, target, protocol }) => `${published}:${target}/${protocol}`)),
  volumes: mountParts(mountValues(withoutCopy(spec), withinOf(volumes))),
  ...runtimeLook(spec, image),
  cpus: scalarPart(spec.cpus && nanoCpusOf(spec.cpus) / 1e9),
  mem_limit: one(spec.mem_limit && sizeText(bytesOf(spec.mem_limit))),
  mem_reservation: one(spec.mem_reservation && sizeText(bytesOf(spec.mem_reservation))),
  pids_limit: (spec.pids_limit ?? 0) > 0 ? scalarPart(spec.pids_limit) : {},
  restart: one(spec.restart),
});

const nameOnly = new Set(['entrypoint', 'command', 'environment', 'labels']);

/** Whether of a part that differs only the name is told, as what it says may be a secret. */
export function isNameOnly(key: string, part: string): boolean {
  if (key === 'volumes') return isMountOptions(part);
  return nameOnly.has(key) || runtimeFields.some((field) => field.key === key && field.isUntold?.(part) === true);
}

/** Who says another entrypoint has none of the image's command. */
function processLook(spec: ContainerSpec, image: EngineJson): Look {
  const command = spec.command ?? (spec.entrypoint === undefined ? textsOf(image['Cmd']) : []);
  const list = (words: readonly string[]): Parts => (words.length === 0 ? {} : one(JSON.stringify(words)));
  return {
    entrypoint: list(spec.entrypoint ?? textsOf(image['Entrypoint'])),
    command: list(command),
    environment: { ...pairsOf(textsOf(image['Env'])), ...spec.environment },
    user: one(spec.user ?? textOf(image['User'])),
    working_dir: one(spec.working_dir ?? (textOf(image['WorkingDir']) || '/')),
    labels: { ...userLabels(mapParts(image['Labels'])), ...spec.labels },
  };
}

function runtimeLook(spec: ContainerSpec, image: EngineJson): Look {
  const within = withinOf({});
  const said = Object.fromEntries(
    runtimeFields.map(({ key, wanted, parts }) => [key, parts(wanted(spec, within))] as const),
  );
  const { healthcheck, logging = {}, init, stop_signal: signal } = said;
  // An engine without another default writes this one, with no options.
  const { driver, ...options } = logging;
  return {
    ...said,
    healthcheck: healthOf(healthcheck ?? {}, image),
    logging: driver === undefined || driver === 'json-file' ? options : logging,
    init: init?.[''] === 'true' ? init : {},
    stop_signal: one(signal?.[''] ?? (textOf(image['StopSignal']) || 'SIGTERM')),
    stop_grace_period: one(`${graceOf(spec.stop_grace_period)}s`),
  };
}

/** What a check leaves out is as in the image. */
function healthOf(said: Parts, image: EngineJson): Parts {
  if (said[''] !== undefined) return said;
  const field = runtimeFields.find(({ key }) => key === 'healthcheck');
  const given = field?.parts(image['Healthcheck']) ?? {};
  return given[''] !== undefined && Object.keys(said).length > 0 ? said : { ...given, ...said };
}

/** Engines count it in whole seconds, and wait ten where nobody asked. */
const graceOf = (text = '10s'): number => Math.ceil(nanosecondsOf(text) / 1e9);

/** What is copied into a volume when it is first used says nothing of one that is in use. */
const withoutCopy = ({ volumes, tmpfs }: ContainerSpec): Pick<ContainerSpec, 'volumes' | 'tmpfs'> => ({
  volumes: volumes?.map((mount) => (mount.type === 'volume' ? { ...mount, volume: undefined } : mount)),
  tmpfs,
});

/** A label of the cluster is in no text that is compared. */
const withinOf = (volumes: NonNullable<Spec['volumes']>): Within => ({ cluster: '', volumes });

const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');
