import { z } from 'zod';
import type { composeSchema } from '../spec/compose-file.ts';
import { stacksOf, withoutStack } from '../spec/stack.ts';
import { name } from './args.ts';
import { inConflict, mustExist } from './refusals.ts';
import { usersOfGone } from './stack-users.ts';
import { editVerb } from './verb.ts';

export const stackDeploy = editVerb({
  noun: 'stack',
  action: 'deploy',
  summary: 'Deploy a Compose file as a stack, or deploy it again',
  example: 'stack deploy shop --compose shop.compose.yaml',
  positional: ['name'],
  // Looked at with the whole spec, so that every place in it that is wrong is told.
  args: z.strictObject({
    name: name('stack'),
    compose: z.record(z.string(), z.unknown()).describe('The Compose file'),
  }),
  edit: (spec, { name: stack, compose }) => ({
    ...withoutStack(spec, stack),
    stacks: { [stack]: { compose: asCompose(compose) } },
  }),
});

export const stackRm = editVerb({
  noun: 'stack',
  action: 'rm',
  summary: 'Remove a stack: its services and its networks',
  example: 'stack rm shop',
  positional: ['name'],
  args: z.strictObject({ name: name('stack') }),
  edit: (spec, { name: stack }) => {
    mustExist('stack', stack, stacksOf(spec));
    const left = withoutStack(spec, stack);
    const users = usersOfGone(left);
    if (users.length > 0)
      throw inConflict(
        `What goes with the stack ${stack} is used from outside of it: ${users.map(({ sentence }) => sentence).join('; ')}.`,
        `Take it away there, or remove that first: ${[...new Set(users.map(({ removal }) => `\`${removal}\``))].join(', ')}.`,
      );
    return left;
  },
});

/** The cast is safe: whatever an edit gives is parsed as a spec. */
const asCompose = (compose: Record<string, unknown>): z.input<typeof composeSchema> =>
  compose as z.input<typeof composeSchema>;
