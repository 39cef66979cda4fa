import { z } from 'zod';
import { name } from './args.ts';
import { mustExist, without } from './refusals.ts';
import { editVerb } from './verb.ts';

export const serviceRm = editVerb({
  noun: 'service',
  action: 'rm',
  summary: 'Remove a service and its tasks',
  example: 'service rm nginx-service',
  positional: ['name'],
  args: z.strictObject({ name: name('service') }),
  edit: (spec, { name: service }) => {
    mustExist('service', service, spec.services);
    return { ...spec, services: without(spec.services, service) };
  },
});
