import { AppError } from '#core/errors.ts';
import type { Observation } from '#core/observation.ts';
import { known, type Observed, unknown } from '#core/observed.ts';
import { newDigests, openImages } from '#core/plan/images.ts';
import { withStop } from '#core/sentence.ts';
import type { Spec } from '#core/spec/spec.ts';
import type { Lease } from '#core/worker-wire.ts';
import { registryDigest } from '../docker/distribution.ts';
import type { EngineClient } from '../docker/engine.ts';
import { EngineRefusal } from '../docker/refusal.ts';
import type { Hosts } from '../hosts.ts';
import { findHolders } from './image-holders.ts';
import { unknownOf } from './observe-host.ts';

/** A registry that is away must not hold up a plan: the tag is then left to the hosts, and the plan says so. */
const limitMs = 8000;

/** No other manager would know more. */
const isAboutTheImage: ReadonlySet<string> = new Set(['timeout', 'registry_login_unavailable']);

type Looked = Pick<Observation, 'images' | 'imageHolders'>;

/** What the tags of a revision mean in their registries, where nothing was decided for them yet. */
export const lookUpTags = async (hosts: Hosts, revision: Lease['revision']): Promise<Looked> =>
  revision === null ? {} : lookUpImages(hosts, revision.spec, openImages(revision.spec, revision.decisions));

/** Whether the registries have the digests of a revision that do not run yet. */
export const lookUpDigests = async (
  hosts: Hosts,
  revision: Lease['revision'],
  observation: Observation,
): Promise<Looked> =>
  revision === null ? {} : lookUpImages(hosts, revision.spec, newDigests(revision.spec, observation));

/** Both in one. */
export const merged = (one: Looked, other: Looked): Looked => ({
  ...((one.images ?? other.images) ? { images: { ...one.images, ...other.images } } : {}),
  ...((one.imageHolders ?? other.imageHolders) ? { imageHolders: { ...one.imageHolders, ...other.imageHolders } } : {}),
});

/**
 * Asked all at once at the first manager of the spec that answers. Never throws for what could not be seen: that is
 * unknown, with the reason. Of images that their registry surely does not have, which hosts have them.
 */
async function lookUpImages(hosts: Hosts, spec: Spec, images: readonly string[]): Promise<Looked> {
  if (images.length === 0) return {};
  let failure: Observed<never> = unknown('no manager of the spec could be asked.');
  for (const host of managersOf(hosts, spec)) {
    try {
      return await lookUp(hosts, host, images);
    } catch (error) {
      failure = unknownOf(error);
    }
  }
  return { images: Object.fromEntries(images.map((image) => [image, failure])) };
}

const managersOf = (hosts: Hosts, { nodes }: Spec): string[] =>
  Object.keys(nodes).filter((name) => nodes[name]?.role === 'manager' && hosts.all.some((host) => host.name === name));

async function lookUp(hosts: Hosts, host: string, images: readonly string[]): Promise<Looked> {
  const engine = hosts.engine(host);
  const answers = await Promise.all(
    images.map(async (image) => ({ image, ...(await digestOf(hosts, engine, image)) })),
  );
  const absent = answers.filter(({ isAbsent }) => isAbsent).map(({ image }) => image);
  return {
    images: Object.fromEntries(answers.map(({ image, digest }) => [image, digest])),
    ...(absent.length === 0 ? {} : { imageHolders: await findHolders(hosts, engine, absent) }),
  };
}

interface Answer {
  digest: Observed<string>;
  /** The registry answered that it has no such tag or digest. */
  isAbsent: boolean;
}

/** @throws AppError when the engine itself could not be asked */
async function digestOf(hosts: Hosts, engine: EngineClient, image: string): Promise<Answer> {
  const notSeen = (reason: string, code: string): Answer => ({ digest: unknown(reason, code), isAbsent: false });
  try {
    const registryAuth = await hosts.registryAuth(image);
    const digest = await registryDigest(engine, image, { registryAuth }, { timeoutMs: limitMs });
    return { digest: known(digest), isAbsent: false };
  } catch (error) {
    if (error instanceof EngineRefusal) {
      const answer = notSeen(`${engine.host}: ${withStop(error.engineMessage)}`, error.code);
      return { ...answer, isAbsent: saysAbsent(error) };
    }
    if (error instanceof AppError && isAboutTheImage.has(error.code)) return notSeen(error.message, error.code);
    throw error;
  }
}

/** A registry that wants a login also says "not found", in other words. */
const saysAbsent = ({ status, engineMessage }: EngineRefusal): boolean =>
  status === 404 && /^(?:manifest|name) unknown\b/i.test(engineMessage);
