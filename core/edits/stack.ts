import { z } from 'zod';
import { name } from './args.ts';
import { notYet } from './refusals.ts';
import { editVerb } from './verb.ts';

const instead = 'Write the services of the stack under `services` of the spec, and apply it with `flotilla apply -f`.';

export const stackDeploy = editVerb({
  noun: 'stack',
  action: 'deploy',
  summary: 'Deploy a Compose file as a stack (not supported yet)',
  example: 'stack deploy shop --compose shop.compose.yaml',
  positional: ['name'],
  args: z.strictObject({ name: name('stack'), compose: z.string().describe('The Compose file') }),
  edit: (_spec, { name: stack }) => {
    throw notYet(`Deploying the stack ${stack}`, instead);
  },
});

export const stackRm = editVerb({
  noun: 'stack',
  action: 'rm',
  summary: 'Remove a stack (not supported yet)',
  example: 'stack rm shop',
  positional: ['name'],
  args: z.strictObject({ name: name('stack') }),
  edit: (_spec, { name: stack }) => {
    throw notYet(`Removing the stack ${stack}`, 'Take its services out of the spec instead.');
  },
});
