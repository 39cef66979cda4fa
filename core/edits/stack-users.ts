import { heldKinds, heldWords } from '../spec/held.ts';
import type { Spec } from '../spec/spec.ts';
import { stackLabel } from '../spec/stack.ts';
import type { Mount } from '../spec/volumes.ts';

/** A service or container that is left with something that is gone. */
export interface LeftUser {
  /** `service other_web has network shop_front`. */
  sentence: string;
  /** The command that removes it, with its stack where it is of one. */
  removal: string;
}

/** Who is outside of a stack and uses what goes with it. `left` is the spec without the stack. */
export const usersOfGone = (left: Spec): LeftUser[] => [
  ...Object.entries(left.services).flatMap(([name, service]) => {
    const stack = service.deploy.labels[stackLabel];
    const removal = stack === undefined ? `flotilla service rm ${name}` : `flotilla stack rm ${stack}`;
    const held = heldKinds.flatMap((kind) =>
      missing(
        left[kind],
        (service[kind] ?? []).map(({ source }) => source),
      ).map((one) => `${heldWords[kind]} ${one}`),
    );
    return sentencesOf(`service ${name}`, [...goneOf(left, service), ...held], removal);
  }),
  ...Object.entries(left.containers).flatMap(([name, container]) =>
    sentencesOf(`container ${name}`, goneOf(left, container), `flotilla container rm ${name}`),
  ),
];

const sentencesOf = (user: string, gone: readonly string[], removal: string): LeftUser[] =>
  gone.length === 0 ? [] : [{ sentence: `${user} has ${gone.join(' and ')}`, removal }];

interface Runnable {
  networks: Readonly<Record<string, unknown>>;
  volumes?: Mount[] | undefined;
}

/** The engine's own networks are there for containers in any case. */
const engineNetworks = ['bridge', 'host'];

function goneOf(left: Spec, { networks, volumes = [] }: Runnable): string[] {
  const attached = Object.keys(networks).filter((name) => !engineNetworks.includes(name));
  const mounted = volumes.flatMap((mount) => (mount.type === 'volume' ? mount.source : []));
  return [
    ...missing(left.networks, attached).map((name) => `network ${name}`),
    ...missing(left.volumes, mounted).map((name) => `volume ${name}`),
  ];
}

const missing = (there: Readonly<Record<string, unknown>> | undefined, names: readonly string[]): string[] =>
  [...new Set(names)].filter((name) => !Object.hasOwn(there ?? {}, name));
