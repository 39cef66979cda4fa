import { imageName } from '../engine/image-name.ts';
import type { Observed } from '../observed.ts';
import { nameList } from '../name-list.ts';
import { type Part, part, problem, warning } from './part.ts';
import type { World } from './world.ts';

interface Subject {
  path: string;
  /** As the spec writes it. */
  image: string;
  /** The hosts on which it may have to start. */
  where: readonly string[];
}

/**
 * What comes of an image that its registry answered not to have: refused where no host on which it may start has it by
 * itself, as an update would first stop what runs; else told where it cannot start. Null where that is not known.
 */
export function checkHolders(world: World, { path, image, where }: Subject): Part | null {
  const { imageHolders = {} } = world.input.observation;
  const holders = Object.hasOwn(imageHolders, image) ? imageHolders[image] : undefined;
  if (holders === undefined) return null;
  const lacking = where.filter((host) => says(holders, host, false));
  if (lacking.length === 0) return null;
  const subject = `The registry has no image ${image} (${path})`;
  if (lacking.length === where.length) {
    const others = where.length === 1 ? `${lacking[0]} does not have it either` : `none of ${nameList(lacking)} has it`;
    const message = `${subject}, and ${others}: it could not start anywhere.`;
    const what = imageName(image).digest === null ? 'tag' : 'digest';
    const fix = `Check its name and ${what}, or push it; one that is in no registry has to be loaded on each host where it may run.`;
    return part({ problems: [problem('image_not_found', { id: 'image-nowhere', message, fix })] });
  }
  const having = where.filter((host) => says(holders, host, true));
  const start = having.length === 0 ? 'It' : `${nameList(having)} ${having.length === 1 ? 'has' : 'have'} it; it`;
  const message = `${subject}. ${start} cannot start on ${nameList(lacking)}.`;
  const fix = `Push it, or load it on ${nameList(lacking)}.`;
  return part({ warnings: [warning({ id: 'image-not-everywhere', hosts: lacking, message, fix })] });
}

const says = (holders: Readonly<Record<string, Observed<boolean>>>, host: string, value: boolean): boolean => {
  const said = Object.hasOwn(holders, host) ? holders[host] : undefined;
  return said?.known === true && said.value === value;
};
