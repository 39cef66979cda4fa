import type { InputIssue } from '../errors.ts';
import { didYouMean } from '../nearest.ts';
import { pointerOf } from '../pointer.ts';
import type { Compose } from './compose-file.ts';
import { checkGrants, type HeldKind, heldKinds, type HeldSpec } from './held.ts';
import { nameSchema } from './names.ts';
import type { Spec } from './spec.ts';
import { split } from './stack.ts';
import { type Named, saysTooMuch, stackParts, type StackParts } from './stack-parts.ts';

/*
 * Stacks are written as Compose files and kept as what they are made of: networks and services with Docker's own label.
 * So all that is done with services (plan, proof, `service update`) is done with those of a stack.
 */

/** What is wrong with the stacks of a spec before they are taken apart. */
export const checkStacks = (spec: Spec): InputIssue[] =>
  Object.entries(spec.stacks).flatMap(([stack, { compose }]) => {
    const at = (...segments: PropertyKey[]): string => pointerOf(['stacks', stack, 'compose', ...segments]);
    return [
      ...checkAttachments(compose, at),
      ...checkExternals(compose, at),
      ...checkGrants(compose, compose.services).map(({ pointer, message }) => ({ pointer: at() + pointer, message })),
      ...checkNames(spec, stack, at),
    ];
  });

type At = (...segments: PropertyKey[]) => string;

const checkAttachments = ({ services, networks }: Compose, at: At): InputIssue[] =>
  Object.entries(services).flatMap(([name, service]) =>
    Object.keys(service.networks)
      .filter((network) => network !== 'default' && !Object.hasOwn(networks, network))
      .map((network) => ({
        pointer: at('services', name, 'networks'),
        message: `\`${network}\` is not among the networks of the Compose file${didYouMean(network, Object.keys(networks))}`,
      })),
  );

const checkExternals = ({ networks }: Compose, at: At): InputIssue[] =>
  Object.entries(networks)
    .filter(([, network]) => saysTooMuch(network))
    .map(([name]) => ({
      pointer: at('networks', name, 'external'),
      message: 'takes the network as it is in the spec; beside it only `name` may be said',
    }));

const checkNames = (spec: Spec, stack: string, at: At): InputIssue[] =>
  sources(spec, stack).flatMap(({ section, key, name }) => {
    const pointer = at(section, key);
    if (!nameSchema.safeParse(name).success)
      return [{ pointer, message: `would be called \`${name}\`, which is longer than 63 characters` }];
    return Object.hasOwn(spec[section] ?? {}, name)
      ? [{ pointer, message: `would be called \`${name}\`, which the spec has under \`${section}\` already` }]
      : [];
  });

interface Source {
  section: 'networks' | 'services' | 'volumes' | HeldKind;
  key: string;
  name: string;
}

/** What a stack makes. */
function sources({ stacks }: Spec, stack: string): Source[] {
  const compose = stacks[stack]?.compose;
  if (compose === undefined) return [];
  const parts = stackParts(stack, compose);
  const { networks, services, volumes } = parts;
  return [
    ...volumes
      .filter(({ key }) => compose.volumes?.[key]?.external === false)
      .map(({ key, name }) => ({ section: 'volumes' as const, key, name })),
    ...heldKinds.flatMap((section) =>
      parts[section].filter(({ part }) => isMore(part)).map(({ key, name }) => ({ section, key, name })),
    ),
    ...networks.map(({ key, name }) => ({ section: 'networks' as const, key, name })),
    ...services.map(({ key, name }) => ({ section: 'services' as const, key, name })),
  ];
}

/** What is from outside, and nothing more is said of it, is wherever it is. */
const isMore = ({ external, ...more }: HeldSpec): boolean => external !== true || Object.keys(more).length > 0;

/** The spec with its stacks as networks and services, and none left. */
export function withStacks(spec: Spec): Spec {
  const stacks = Object.entries(spec.stacks);
  if (stacks.length === 0) return spec;
  const parts = stacks.map(([stack, { compose }]) => stackParts(stack, compose));
  return {
    ...spec,
    networks: { ...spec.networks, ...named(parts.flatMap(({ networks }) => networks)) },
    services: { ...spec.services, ...named(parts.flatMap(({ services }) => services)) },
    ...volumesOf({ ...named(parts.flatMap(({ volumes }) => volumes)), ...spec.volumes }),
    ...heldOf(spec, parts),
    stacks: {},
  };
}

const named = <T>(all: readonly Named<T>[]): Record<string, T> =>
  Object.fromEntries(all.map(({ name, part }) => [name, part]));

const volumesOf = (volumes: NonNullable<Spec['volumes']>): Pick<Spec, 'volumes'> =>
  Object.keys(volumes).length === 0 ? {} : { volumes };

/** What a stack takes from outside may be made by the spec itself; a kind that nobody names is left out. */
function heldOf(spec: Spec, parts: readonly StackParts[]): Partial<Pick<Spec, HeldKind>> {
  const declared = heldKinds.map((kind) => {
    const [outside, own] = split(
      parts.flatMap((part): Named<HeldSpec>[] => part[kind]),
      ({ part }) => part.external === true,
    );
    return [kind, { ...named(outside), ...spec[kind], ...named(own) }] as const;
  });
  return Object.fromEntries(declared.filter(([, all]) => Object.keys(all).length > 0));
}

/** The same issues where the Compose file says what they are about. `spec` still has its stacks. */
export function asWritten(issues: readonly InputIssue[], spec: Spec): InputIssue[] {
  const places = Object.keys(spec.stacks).flatMap((stack) =>
    sources(spec, stack).map(({ section, key, name }) => ({
      now: pointerOf([section, name]),
      written: pointerOf(['stacks', stack, 'compose', section, key]),
    })),
  );
  return issues.map((issue) => {
    const place = places.find(({ now }) => issue.pointer === now || issue.pointer.startsWith(`${now}/`));
    return place === undefined ? issue : { ...issue, pointer: place.written + issue.pointer.slice(place.now.length) };
  });
}
