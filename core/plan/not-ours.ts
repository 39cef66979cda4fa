import { clusterLabel } from '../spec/names.ts';
import { type Problem, problem } from './part.ts';

interface Stranger {
  name: string;
  labels: Readonly<Record<string, string>>;
}

/** The refusal for a network, service or container of that name which Flotilla did not make, and the ways out. */
export function notOurs(what: 'network' | 'service' | 'container', { name, labels }: Stranger, host?: string): Problem {
  const place = host === undefined ? '' : ` on ${host}`;
  const other = labels[clusterLabel];
  return problem('not_ours', {
    id: 'not-ours',
    hosts: host === undefined ? [] : [host],
    message: `There is a ${what} ${name}${place} already that Flotilla did not make for this cluster.`,
    fix:
      other === undefined
        ? `Give yours another name in the spec, or remove the existing ${what} by hand if nobody needs it. To take over what is there as it runs: \`flotilla apply -f FILE --take-over\`.`
        : `Give yours another name in the spec. This one carries the label of the cluster ${other}: if nobody manages that any more, manage the swarm under its name.`,
  });
}

/** The same for a config or secret, which are not taken over: a spec names what is there \`external: true\`. */
export const heldByOthers = (what: 'config' | 'secret', name: string): Problem =>
  problem('not_ours', {
    id: 'not-ours',
    message: `There is a ${what} ${name} already that Flotilla did not make for this cluster.`,
    fix: `Give yours another name in the spec, or remove the existing ${what} by hand if nobody needs it.`,
  });
