import { isMap, mapsIn } from '../map.ts';
import { sizeText } from '../spec/amounts.ts';
import type { EngineJson } from '../step.ts';
import { userLabels } from '../plan/node-labels.ts';
import { isNothing, said, saidByName, saidOf, unknownIn } from './said.ts';

/** What is mounted, with the declarations that its named volumes need; or why the spec cannot say it. */
export type DraftMounts =
  | { kind: 'said'; mounts: EngineJson[]; volumes: Record<string, EngineJson> }
  | { kind: 'untold'; why: string };

const known = ['Type', 'Source', 'Target', 'ReadOnly', 'Consistency', 'VolumeOptions', 'BindOptions', 'TmpfsOptions'];
const types = ['volume', 'bind', 'tmpfs'];

/** `Mounts` of a ServiceSpec or HostConfig. One that cannot be said in full keeps all of them from being said. */
export function draftMounts(value: unknown): DraftMounts {
  const all = mapsIn(value);
  const why = all.flatMap(reasonNot)[0];
  if (why !== undefined) return { kind: 'untold', why };
  const volumes = all
    .filter(({ Type }) => Type === 'volume')
    .map((mount) => [String(mount['Source']), declared(mount)]);
  return { kind: 'said', mounts: all.map(mountOf), volumes: Object.fromEntries(volumes) };
}

function reasonNot(mount: EngineJson): string[] {
  const at = `what is mounted at ${String(mount['Target'])}`;
  if (!types.includes(String(mount['Type']))) return [`${at} is of type ${String(mount['Type'])}`];
  if (mount['Type'] !== 'tmpfs' && isNothing(mount['Source'])) return [`${at} is a volume without a name`];
  const more = [
    ...unknownIn(mount, known),
    ...unknownIn(mount['VolumeOptions'], ['NoCopy', 'Labels', 'DriverConfig']),
    ...unknownIn(mount['BindOptions'], ['Propagation']),
    ...unknownIn(mount['TmpfsOptions'], ['SizeBytes', 'Mode']),
  ];
  return more.length === 0 ? [] : [`${at} has ${more.join(', ')}`];
}

function mountOf(mount: EngineJson): EngineJson {
  const { Type, Source, Target, ReadOnly } = mount;
  const head = { type: Type, ...(Type === 'tmpfs' ? {} : { source: Source }), target: Target };
  const [volume, bind, tmpfs] = ['VolumeOptions', 'BindOptions', 'TmpfsOptions'].map((name) =>
    isMap(mount[name]) ? mount[name] : {},
  );
  return {
    ...head,
    ...said('read_only', ReadOnly),
    ...said('volume', said('nocopy', volume?.['NoCopy'])),
    ...said('bind', said('propagation', bind?.['Propagation'])),
    ...said('tmpfs', {
      ...saidOf('size', tmpfs?.['SizeBytes'], sizeText),
      ...saidOf('mode', tmpfs?.['Mode'], (mode) => mode.toString(8).padStart(4, '0')),
    }),
  };
}

function declared({ VolumeOptions }: EngineJson): EngineJson {
  const options = isMap(VolumeOptions) ? VolumeOptions : {};
  const driver = isMap(options['DriverConfig']) ? options['DriverConfig'] : {};
  return {
    ...said('driver', driver['Name']),
    ...said('driver_opts', driver['Options']),
    ...saidByName('labels', isMap(options['Labels']) ? userLabels(texts(options['Labels'])) : {}),
  };
}

const texts = (map: EngineJson): Record<string, string> =>
  Object.fromEntries(Object.entries(map).map(([name, value]) => [name, String(value)]));
