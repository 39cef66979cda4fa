import { imageName, isImageAsAsked, withDigest } from '../engine/image-name.ts';
import { readService } from '../engine/observed-service.ts';
import type { Finding } from '../finding.ts';
import type { Observation } from '../observation.ts';
import type { Observed } from '../observed.ts';
import type { Decision } from '../plan.ts';
import type { Spec } from '../spec/spec.ts';
import { fixedDecision, imagePaths } from './decisions.ts';
import { checkHolders } from './image-holders.ts';
import { note, type Part, part, problem, warning } from './part.ts';
import type { World } from './world.ts';

/** An image as it is asked for, with what was decided for it. */
export interface ResolvedImage extends Part {
  image: string;
}

interface Subject {
  world: World;
  path: string;
  /** As the spec writes it. */
  image: string;
  /** What runs now, when something does. */
  running?: string | undefined;
  /** The hosts on which it may have to start. */
  where: readonly string[];
  /** It was made by others, and is taken over as it runs. */
  isTaken?: boolean;
}

/**
 * The digest that a tag means, so that a plan binds the content: what was fixed earlier, else what its registry said.
 * Where that could not be seen, what runs under the tag stays; else the tag is left to each host, which is told.
 */
export function resolveImage({ world, path, image, running, where, isTaken = false }: Subject): ResolvedImage {
  if (imageName(image).digest !== null) return { ...checkDigest({ world, path, image, running, where }), image };
  const fixed = fixedDecision(world, path)?.value;
  if (typeof fixed === 'string' && isImageAsAsked(fixed, image)) {
    return { ...part(), image: imageName(fixed).digest === null ? image : fixed };
  }
  if (isTaken && running !== undefined && isImageAsAsked(running, image)) {
    const decision: Decision = { path, value: running, reason: 'what runs since before it was taken over' };
    return { ...part({ decisions: [decision] }), image: imageName(running).digest === null ? image : running };
  }
  const seen = lookedUp(world, image);
  // Nobody asked: the look was not made for a plan.
  if (seen === undefined) return { ...part(), image };
  if (seen.known) {
    const pinned = withDigest(image, seen.value);
    return {
      ...part({ decisions: [{ path, value: pinned, reason: 'what the tag means in its registry' }] }),
      image: pinned,
    };
  }
  const stays = running !== undefined && isImageAsAsked(running, image) ? running : null;
  if (stays !== null && imageName(stays).digest !== null) {
    const decision = { path, value: stays, reason: 'what runs; the tag could not be looked up' };
    const told = notLookedUp({ path, image, reason: seen.reason, what: 'What runs under it stays.' });
    return { ...part({ decisions: [decision], warnings: [told] }), image: stays };
  }
  if (stays === null && seen.code === 'registry_login_unavailable') return noLogins(path, image, seen.reason);
  const decision: Decision = { path, value: image, reason: 'the tag could not be looked up' };
  const held = stays === null ? checkHolders(world, { path, image, where }) : null;
  if (held !== null) return { ...held, decisions: [decision], image };
  const what = 'Each host takes what it has or finds under the tag.';
  const told = notLookedUp({ path, image, reason: seen.reason, what });
  return { ...part({ decisions: [decision], warnings: [told] }), image };
}

/** What the look at its registry gave; undefined where nobody asked. */
function lookedUp({ input: { observation } }: World, image: string): Observed<string> | undefined {
  const { images = {} } = observation;
  return Object.hasOwn(images, image) ? images[image] : undefined;
}

/** A digest needs no decision; where its registry was asked and surely has nothing under it, it could not start. */
function checkDigest({ world, path, image, running, where }: Subject): Part {
  const seen = lookedUp(world, image);
  const runs = running !== undefined && isImageAsAsked(running, image);
  if (seen === undefined || seen.known || runs) return part();
  if (seen.code === 'registry_login_unavailable') return noLogins(path, image, seen.reason);
  const message = `Whether the registry has the image ${image} (${path}) could not be seen: ${seen.reason} Each host takes what it has, or asks by itself.`;
  const told = note({ id: 'image-not-looked-up', message });
  return checkHolders(world, { path, image, where }) ?? part({ warnings: [told] });
}

/** The step that gives the image to an engine would stop at the same file, with what comes before it done. */
function noLogins(path: string, image: string, reason: string): ResolvedImage {
  const refused = problem('registry_login_unavailable', {
    id: 'registry-login-unavailable',
    message: `The image ${image} (${path}) cannot be given to an engine: ${reason}`,
    fix: 'Mend the file that FLOTILLA_REGISTRY_LOGINS names for the worker, or let it name none: `docker --config <folder> login <registry>` writes one where no credential helper is set up.',
  });
  return { ...part({ problems: [refused] }), image };
}

const notLookedUp = ({ path, image, reason, what }: Record<'path' | 'image' | 'reason' | 'what', string>): Finding =>
  warning({
    id: 'image-not-looked-up',
    message: `The tag of the image ${image} (${path}) could not be looked up: ${reason} ${what}`,
    fix: `${onceMore(path)}, or write its digest.`,
  });

/** There is no verb that changes a standalone container. */
function onceMore(path: string): string {
  const container = /^containers\.(.+)\.image$/.exec(path)?.[1];
  return container === undefined
    ? 'Name the image again with `service update --image` to look once more'
    : `Remove it with \`flotilla container rm ${container}\` and run it again to look once more`;
}

/** Images of a spec that carry a tag and no digest, and that nothing was decided for: each once, as they are written. */
export function openImages(spec: Spec, decisions: readonly Decision[]): string[] {
  const fixed = new Map(decisions.map(({ path, value }) => [path, value]));
  const open = imagePaths(spec).filter(({ path, image }) => {
    const value = fixed.get(path);
    return imageName(image).digest === null && !(typeof value === 'string' && isImageAsAsked(value, image));
  });
  return [...new Set(open.map(({ image }) => image))];
}

/**
 * Images of the services of a spec that are written with a digest which does not run yet: an update to one that is nowhere
 * would first stop what runs. A container is replaced once its image is there.
 */
export function newDigests(spec: Spec, { swarm }: Observation): string[] {
  const services = swarm.known && swarm.value !== null ? swarm.value.services : [];
  const runs = (name: string, image: string): boolean => {
    const facts = services.find((service) => service.name === name);
    const now = facts === undefined ? undefined : readService(facts);
    return now !== undefined && isImageAsAsked(now.TaskTemplate.ContainerSpec.Image, image);
  };
  const images = Object.entries(spec.services).flatMap(([name, { image }]) =>
    imageName(image).digest === null || runs(name, image) ? [] : [image],
  );
  return [...new Set(images)];
}
