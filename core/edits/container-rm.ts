import { z } from 'zod';
import { name } from './args.ts';
import { mustExist, without } from './refusals.ts';
import { editVerb } from './verb.ts';

export const containerRm = editVerb({
  noun: 'container',
  action: 'rm',
  summary: 'Remove a standalone container',
  example: 'container rm nginx-container',
  positional: ['name'],
  args: z.strictObject({ name: name('container') }),
  edit: (spec, { name: container }) => {
    mustExist('container', container, spec.containers);
    return { ...spec, containers: without(spec.containers, container) };
  },
});
