import { imageName, isImageAsAsked, withDigest } from '../engine/image-name.ts';
import type { Decision } from '../plan.ts';
import type { Spec } from '../spec/spec.ts';
import { fixedDecision, imagePaths } from './decisions.ts';
import { type Part, part, warning } from './part.ts';
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
}

/**
 * The digest that a tag means, so that a plan binds the content: what was fixed earlier, else what its registry said.
 * Where that could not be seen, what runs under the tag stays; else the tag is left to each host, which is told.
 */
export function resolveImage({ world, path, image, running }: Subject): ResolvedImage {
  if (imageName(image).digest !== null) return { ...part(), image };
  const fixed = fixedDecision(world, path)?.value;
  if (typeof fixed === 'string' && isImageAsAsked(fixed, image)) {
    return { ...part(), image: imageName(fixed).digest === null ? image : fixed };
  }
  const { images = {} } = world.input.observation;
  const seen = Object.hasOwn(images, image) ? images[image] : undefined;
  // Nobody asked: the look was not made for a plan.
  if (seen === undefined) return { ...part(), image };
  if (seen.known) {
    const pinned = withDigest(image, seen.value);
    return {
      ...part({ decisions: [{ path, value: pinned, reason: 'what the tag means in its registry' }] }),
      image: pinned,
    };
  }
  const runs = running !== undefined && isImageAsAsked(running, image) && imageName(running).digest !== null;
  return runs ? notSeen(path, image, { stays: running, seen }) : notSeen(path, image, { stays: image, seen });
}

interface NotSeen {
  stays: string;
  seen: { reason: string };
}

function notSeen(path: string, image: string, { stays, seen }: NotSeen): ResolvedImage {
  const isPinned = imageName(stays).digest !== null;
  const what = isPinned ? 'What runs under it stays.' : 'Each host takes what it has or finds under the tag.';
  const decision: Decision = {
    path,
    value: stays,
    reason: isPinned ? 'what runs; the tag could not be looked up' : 'the tag could not be looked up',
  };
  return {
    ...part({
      decisions: [decision],
      warnings: [
        warning({
          id: 'image-not-looked-up',
          message: `The tag of the image ${image} (${path}) could not be looked up: ${seen.reason} ${what}`,
          fix: `${onceMore(path)}, or write its digest.`,
        }),
      ],
    }),
    image: stays,
  };
}

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
