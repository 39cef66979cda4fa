import type { InputIssue } from '../errors.ts';
import { didYouMean } from '../nearest.ts';
import { pointerOf } from '../pointer.ts';
import type { Spec } from './spec.ts';
import { tmpfsOf } from './tmpfs.ts';
import type { Mount } from './volumes.ts';

/** Volumes that are mounted are declared, and no path has two mounts. */
export const checkVolumes = (spec: Pick<Spec, 'volumes' | 'services' | 'containers'>): InputIssue[] => [
  ...Object.keys(spec.volumes ?? {})
    .filter((name) => name.length === 1)
    .map((name) => ({ pointer: pointerOf(['volumes', name]), message: 'needs a name of two letters or more' })),
  ...Object.entries(spec.services).flatMap(([name, one]) => checkOne(spec, ['services', name], one)),
  ...Object.entries(spec.containers).flatMap(([name, one]) => checkOne(spec, ['containers', name], one)),
];

interface Mounted {
  volumes?: Mount[] | undefined;
  tmpfs?: string[] | undefined;
}

function checkOne(spec: Pick<Spec, 'volumes'>, path: string[], { volumes = [], tmpfs = [] }: Mounted): InputIssue[] {
  const declared = Object.keys(spec.volumes ?? {});
  const undeclared = volumes.flatMap((mount, at) =>
    mount.type !== 'volume' || declared.includes(mount.source)
      ? []
      : [
          {
            pointer: pointerOf([...path, 'volumes', at]),
            message: `\`${mount.source}\` is not declared; write \`${mount.source}: {}\` under \`volumes\` at the top${didYouMean(mount.source, declared)}`,
          },
        ],
  );
  const targets = [
    ...volumes.map(({ target }, at) => ({ target, pointer: pointerOf([...path, 'volumes', at]) })),
    ...tmpfs.map((text, at) => ({ target: tmpfsOf(text).target, pointer: pointerOf([...path, 'tmpfs', at]) })),
  ];
  const twice = targets.filter(({ target }, at) => targets.findIndex((other) => other.target === target) < at);
  return [
    ...undeclared,
    ...twice.map(({ target, pointer }) => ({ pointer, message: `\`${target}\` has a mount already` })),
  ];
}
