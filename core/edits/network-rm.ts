import { z } from 'zod';
import type { Spec } from '../spec/spec.ts';
import { name } from './args.ts';
import { inConflict, mustExist, without } from './refusals.ts';
import { editVerb } from './verb.ts';

export const networkRm = editVerb({
  noun: 'network',
  action: 'rm',
  summary: 'Remove a network that nothing uses',
  example: 'network rm my_overlay_network',
  positional: ['name'],
  args: z.strictObject({ name: name('network') }),
  edit: (spec, { name: network }) => {
    mustExist('network', network, spec.networks);
    const users = usersOf(spec, network);
    if (users.length > 0)
      throw inConflict(
        `The network ${network} is used by ${users.join(', ')}.`,
        'Remove them or take them off the network first.',
      );
    return { ...spec, networks: without(spec.networks, network) };
  },
});

const usersOf = ({ services, containers }: Spec, network: string): string[] => [
  ...Object.entries(services).flatMap(([service, { networks }]) =>
    Object.hasOwn(networks, network) ? `service ${service}` : [],
  ),
  ...Object.entries(containers).flatMap(([container, { networks }]) =>
    Object.hasOwn(networks, network) ? `container ${container}` : [],
  ),
];
