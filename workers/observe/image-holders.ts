import type { Observation } from '#core/observation.ts';
import { known, type Observed } from '#core/observed.ts';
import { imageRegistry } from '#core/engine/image-name.ts';
import type { EngineClient } from '../docker/engine.ts';
import { inspectImage } from '../docker/images.ts';
import { orNullOn404 } from '../docker/refusal.ts';
import { mirroredRegistries } from '../docker/registry-mirrors.ts';
import type { Hosts } from '../hosts.ts';
import { unknownOf } from './observe-host.ts';

type Holders = NonNullable<Observation['imageHolders']>;

const limitMs = 8000;

/**
 * Which hosts have images that the registry answered not to have. One that was looked for in a mirror is left out: a
 * pull would go on to the registry itself. `asked` is the engine that asked the registry.
 */
export async function findHolders(hosts: Hosts, asked: EngineClient, images: readonly string[]): Promise<Holders> {
  const mirrored = await mirroredRegistries(asked, { timeoutMs: limitMs });
  const sure = mirrored === null ? [] : images.filter((image) => !mirrored.has(imageRegistry(image)));
  return Object.fromEntries(
    await Promise.all(sure.map(async (image) => [image, await holdersOf(hosts, image)] as const)),
  );
}

const holdersOf = async ({ all, engine }: Hosts, image: string): Promise<Holders[string]> =>
  Object.fromEntries(
    await Promise.all(all.map(async ({ name }) => [name, await hasImage(engine, name, image)] as const)),
  );

async function hasImage(engine: Hosts['engine'], host: string, image: string): Promise<Observed<boolean>> {
  try {
    return known((await orNullOn404(inspectImage(engine(host), image, { timeoutMs: limitMs }))) !== null);
  } catch (error) {
    return unknownOf(error);
  }
}
