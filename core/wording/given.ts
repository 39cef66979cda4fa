import { heldNames } from '../engine/held-fields.ts';
import { mountValues } from '../engine/mounts.ts';
import { isMap, mapsIn, valueAt } from '../map.ts';
import { sizeText } from '../spec/amounts.ts';
import { type HeldKind, heldWords } from '../spec/held.ts';
import type { EngineJson, StepContainer } from '../step.ts';

/* What a service or container that is made is given beside its image, a line each: `volume shop_data at /data`. */

/** Of the body of a service. */
export function serviceGiven(body: EngineJson): string[] {
  const inside = valueAt(body, ['TaskTemplate', 'ContainerSpec']);
  return [
    ...mapsIn(valueAt(inside, ['Mounts'])).map(mountLine),
    ...(['secrets', 'configs'] as const).flatMap((kind) =>
      mapsIn(valueAt(inside, [heldNames[kind].list])).map((grant) => grantLine(kind, grant)),
    ),
  ];
}

export const containerGiven = ({ volumes, tmpfs }: StepContainer): string[] =>
  (mountValues({ volumes, tmpfs }, { cluster: '', volumes: {} }) ?? []).map(mountLine);

function mountLine({ Type, Source, Target, ReadOnly, TmpfsOptions }: EngineJson): string {
  const what = [Type, Source].filter((text) => typeof text === 'string').join(' ');
  const size = valueAt(TmpfsOptions, ['SizeBytes']);
  return `${what} at ${String(Target)}${ReadOnly === true ? ', read-only' : ''}${typeof size === 'number' ? `, ${sizeText(size)}` : ''}`;
}

const folders = { secrets: '/run/secrets/', configs: '/' } as const;

function grantLine(kind: HeldKind, grant: EngineJson): string {
  const name = isMap(grant['File']) ? String(grant['File']['Name']) : '';
  const path = name.startsWith('/') ? name : `${folders[kind]}${name}`;
  return `${heldWords[kind]} ${String(grant[heldNames[kind].name])} at ${path}`;
}
