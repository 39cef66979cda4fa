import { isSameJson } from '../canonical.ts';
import type { Finding } from '../finding.ts';
import { keySentence, remedyFor, whyLeftOut } from '../spec/compose/words.ts';
import { note, warning } from './part.ts';
import type { World } from './world.ts';

/**
 * What the Compose files of stacks say that means nothing in a swarm, once for each stack and key, unless it was told.
 * A note; a warning where what runs may miss it.
 */
export const leftOutNotes = ({ spec, input: { leftOutBefore: before } }: World): Finding[] =>
  Object.entries(spec.left_out ?? {}).flatMap(([stack, keys]) =>
    Object.entries(keys)
      .filter(([key, names]) => !isSameJson(names, before?.[stack]?.[key]))
      .map(([key, names]) => {
        const message = `Stack ${stack}: ${[`${keySentence(key, names)} is left out`, ...whyLeftOut(key)].join(': ')}.`;
        const told = { id: 'compose-key-left-out', message };
        const [fix] = remedyFor(key);
        return fix === undefined ? note(told) : warning({ ...told, fix });
      }),
  );
