import { AppError } from '#core/errors.ts';
import type { Observation } from '#core/observation.ts';
import { known, type Observed, unknown } from '#core/observed.ts';
import { openImages } from '#core/plan/images.ts';
import type { Spec } from '#core/spec/spec.ts';
import type { Lease } from '#core/worker-wire.ts';
import { registryDigest } from '../docker/distribution.ts';
import type { EngineClient } from '../docker/engine.ts';
import { EngineRefusal } from '../docker/refusal.ts';
import type { Hosts } from '../hosts.ts';
import { unknownOf } from './observe-host.ts';
import { withStop } from '#core/sentence.ts';

/** A registry that is away must not hold up a plan: the tag is then left to the hosts, and the plan says so. */
const limitMs = 8000;

/** No other manager would know more. */
const isAboutTheImage: ReadonlySet<string> = new Set(['timeout', 'registry_login_unavailable']);

type Images = NonNullable<Observation['images']>;

/**
 * What the tags of a revision mean in their registries, where nothing was decided for them yet: asked all at once at the
 * first manager of the spec that answers. Never throws for what could not be seen: that is unknown, with the reason.
 */
export async function lookUpImages(hosts: Hosts, revision: Lease['revision']): Promise<Images> {
  if (revision === null) return {};
  const images = openImages(revision.spec, revision.decisions);
  if (images.length === 0) return {};
  let failure: Observed<never> = unknown('no manager of the spec could be asked.');
  for (const host of managersOf(hosts, revision.spec)) {
    try {
      return await lookUp(hosts, host, images);
    } catch (error) {
      failure = unknownOf(error);
    }
  }
  return Object.fromEntries(images.map((image) => [image, failure]));
}

const managersOf = (hosts: Hosts, { nodes }: Spec): string[] =>
  Object.keys(nodes).filter((name) => nodes[name]?.role === 'manager' && hosts.all.some((host) => host.name === name));

async function lookUp(hosts: Hosts, host: string, images: readonly string[]): Promise<Images> {
  const ask = async (image: string) => [image, await digestOf(hosts, hosts.engine(host), image)] as const;
  return Object.fromEntries(await Promise.all(images.map(ask)));
}

/** @throws AppError when the engine itself could not be asked */
async function digestOf(hosts: Hosts, engine: EngineClient, image: string): Promise<Observed<string>> {
  try {
    const registryAuth = await hosts.registryAuth(image);
    return known(await registryDigest(engine, image, { registryAuth }, { timeoutMs: limitMs }));
  } catch (error) {
    if (error instanceof EngineRefusal) return unknown(`${engine.host}: ${withStop(error.engineMessage)}`, error.code);
    if (error instanceof AppError && isAboutTheImage.has(error.code)) return unknown(error.message, error.code);
    throw error;
  }
}
