import type { Site } from './types.ts';
import { settle } from '../settle.ts';

/** After an engine was started anew: a container that nobody told to come back has not, and verify says so rightly. */
export async function putBack({ lab, plane, spec }: Site): Promise<void> {
  await settle(lab, true);
  await plane.apply(spec);
}
