import { type Aside, asideName, asides } from '#core/engine/aside-names.ts';
import type { ContainerFacts } from '#core/observation.ts';
import type { Outcome } from '#core/step.ts';
import { listContainers } from '../docker/containers.ts';
import type { EngineClient } from '../docker/engine.ts';
import { containerFacts } from '../observe/facts.ts';
import type { StepContext } from './context.ts';
import { isOurs, notOurs } from './labels.ts';

/** A container of a spec, by its name on its host. */
export interface ContainerName {
  engine: EngineClient;
  name: string;
}

/** The container of one name on one host, and what stands aside for it. */
export type Places = { readonly [place in Aside | 'now']?: ContainerFacts | undefined };

export const allIn = (places: Places): ContainerFacts[] => Object.values(places).filter((one) => one !== undefined);

/** The containers of exactly these names; swarm tasks are not looked at. */
export async function placesOf(engine: EngineClient, name: string): Promise<Places> {
  const list = containerFacts(await listContainers(engine, { all: true, filters: { name: [name] } }));
  const named = (wanted: string): ContainerFacts | undefined => list.find((container) => container.name === wanted);
  const aside = asides.map((one) => [one, named(asideName(name, one))] as const);
  return { now: named(name), ...Object.fromEntries(aside) };
}

type TakenId = string | undefined;

/** Blocks a step that would have to touch a container of somebody else; undefined when all are ours, some by their ids. */
export function strangerIn(places: Places, context: StepContext, ...taken: readonly TakenId[]): Outcome | undefined {
  const stranger = allIn(places).find(({ labels, id }) => !isOurs(labels, context) && !taken.includes(id));
  return stranger === undefined ? undefined : notOurs('container', stranger.name);
}
