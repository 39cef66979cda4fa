import { type Problem, problem } from './part.ts';

/** The refusal to take over what runs otherwise than the spec says. `what` is `service web`. */
export const takenOtherwise = (what: string, differences: readonly string[], host?: string): Problem =>
  problem('conflict', {
    id: 'taken-otherwise',
    hosts: host === undefined ? [] : [host],
    message: `The ${what}${host === undefined ? '' : ` on ${host}`} is taken over as it runs, and the spec says something else: ${differences.join('; ')}.`,
    fix: 'Write in the spec what runs (`flotilla cluster adopt … --write-spec FILE` does), take it over, and change it then.',
  });
