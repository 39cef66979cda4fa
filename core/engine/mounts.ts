import { mapsIn, valueAt } from '../map.ts';
import { bytesOf, sizeText } from '../spec/amounts.ts';
import { clusterLabel } from '../spec/names.ts';
import { tmpfsOf } from '../spec/tmpfs.ts';
import type { Mount } from '../spec/volumes.ts';
import type { EngineJson } from '../step.ts';
import { mapParts } from './parts.ts';
import { type Parts, type Within } from './service-field.ts';

interface Mounted {
  volumes?: Mount[] | undefined;
  tmpfs?: string[] | undefined;
}

/** `Mounts` of the Engine API for all that is mounted; undefined where nothing is said of it. */
export function mountValues({ volumes, tmpfs }: Mounted, within: Within): EngineJson[] | undefined {
  if (volumes === undefined && tmpfs === undefined) return undefined;
  const temporary = (tmpfs ?? []).map((text): Mount => {
    const { target, options } = tmpfsOf(text);
    return { type: 'tmpfs', target, read_only: false, tmpfs: options };
  });
  return [...(volumes ?? []), ...temporary].map((mount) => ({
    Type: mount.type,
    ...(mount.type === 'tmpfs' ? {} : { Source: mount.source }),
    Target: mount.target,
    ...(mount.read_only ? { ReadOnly: true } : {}),
    ...optionsOf(mount, within),
  }));
}

function optionsOf(mount: Mount, within: Within): EngineJson {
  switch (mount.type) {
    case 'volume':
      return { VolumeOptions: volumeOptions(mount.source, mount.volume?.nocopy === true, within) };
    case 'bind':
      return mount.bind?.propagation === undefined ? {} : { BindOptions: { Propagation: mount.bind.propagation } };
    case 'tmpfs': {
      const { size, mode } = mount.tmpfs ?? {};
      if (size === undefined && mode === undefined) return {};
      return {
        TmpfsOptions: {
          ...(size === undefined ? {} : { SizeBytes: bytesOf(size) }),
          ...(mode === undefined ? {} : { Mode: Number.parseInt(mode, 8) }),
        },
      };
    }
  }
}

/** With these the engine makes the volume where it is not there yet. */
function volumeOptions(name: string, nocopy: boolean, { cluster, volumes }: Within): EngineJson {
  const { driver, driver_opts: options, labels } = volumes?.[name] ?? {};
  const asked = driver !== undefined || options !== undefined;
  return {
    ...(nocopy ? { NoCopy: true } : {}),
    Labels: { ...labels, [clusterLabel]: cluster },
    ...(asked
      ? { DriverConfig: { Name: driver ?? 'local', ...(options === undefined ? {} : { Options: options }) } }
      : {}),
  };
}

const optionsSuffix = ' options';
const driverAt = ['VolumeOptions', 'DriverConfig'];

/** Each by its target: `/data` is `volume data, read-only`. Options of drivers are a part of their own, as they may be secret. */
export function mountParts(value: unknown): Parts {
  return Object.fromEntries(
    mapsIn(value).flatMap((mount) => {
      const target = String(mount['Target']);
      const options = pairsOf(valueAt(mount, [...driverAt, 'Options']));
      return [
        [target, mountText(mount)] as const,
        ...(options.length === 0 ? [] : [[`${target}${optionsSuffix}`, options.join(', ')] as const]),
      ];
    }),
  );
}

export const isMountOptions = (part: string): boolean => part.endsWith(optionsSuffix);

function mountText(mount: EngineJson): string {
  const labels = pairsOf(valueAt(mount, ['VolumeOptions', 'Labels'])).filter((pair) => !pair.startsWith(clusterLabel));
  const name = textAt(mount, [...driverAt, 'Name']) ?? 'local';
  const propagation = textAt(mount, ['BindOptions', 'Propagation']) ?? 'rprivate';
  const [size, mode] = ['SizeBytes', 'Mode'].map((key) => Number(valueAt(mount, ['TmpfsOptions', key]) ?? 0));
  return [
    [mount['Type'], mount['Source']].filter((text) => typeof text === 'string').join(' '),
    ...(mount['ReadOnly'] === true ? ['read-only'] : []),
    ...(valueAt(mount, ['VolumeOptions', 'NoCopy']) === true ? ['nocopy'] : []),
    ...(name === 'local' ? [] : [`driver ${name}`]),
    ...labels.map((pair) => `label ${pair}`),
    ...(propagation === 'rprivate' ? [] : [propagation]),
    ...(size ? [`size ${sizeText(size)}`] : []),
    ...(mode ? [`mode ${mode.toString(8)}`] : []),
  ].join(', ');
}

/** What is there, if it is a text that says something. */
function textAt(mount: EngineJson, at: readonly string[]): string | undefined {
  const text = valueAt(mount, at);
  return typeof text === 'string' && text !== '' ? text : undefined;
}

const pairsOf = (value: unknown): string[] =>
  Object.entries(mapParts(value))
    .map(([name, text]) => `${name}=${text}`)
    .toSorted();
