import { moment } from '#core/moments.ts';
import type { AdoptedNode, Adoption } from '#core/adoption.ts';
import { count } from './duration.ts';
import { noColours } from './paint.ts';
import { pairs, table, type TableOptions } from './table.ts';

/** What was adopted, and what to do with it. `written`: the file that got what runs as a spec. */
export function adoptedLines(
  cluster: string,
  adoption: Adoption,
  { written = null, ...options }: TableOptions & { written?: string | null } = {},
): string[] {
  const paint = options.paint ?? noColours;
  return [
    `${paint.bold(paint.green(`✓ ${cluster} is adopted`))}: it is looked at, and nothing of it is changed.`,
    '',
    ...adoptionLines(adoption, options),
    ...withoutHostLines(cluster, adoption, options),
    ...draftLines(adoption, written, options),
    '',
    ...pairs(
      [
        ['prove it', `flotilla verify ${cluster}`],
        written === null
          ? ['manage it', `flotilla cluster adopt ${cluster} --from ${adoption.manager} --write-spec FILE`]
          : ['manage it', `flotilla apply -f ${written} --take-over   (shows the plan and asks)`],
        ...adoption.networks
          .slice(0, 1)
          .map(({ name }): [string, string] => [
            'look into it',
            `flotilla network inspect ${name} --cluster ${cluster}`,
          ]),
      ],
      paint,
    ),
  ];
}

function draftLines({ draft }: Adoption, written: string | null, options: TableOptions): string[] {
  const paint = options.paint ?? noColours;
  if (draft === undefined) return [];
  const head =
    written === null
      ? paint.yellow('What runs could not be written as a spec:')
      : `${paint.bold(paint.green(`✓ ${written} says what runs`))}, with the values of environment variables.`;
  const untold = draft.untold.map(({ what, why }) => `  ${what}: ${why}`);
  return ['', head, ...(untold.length === 0 ? [] : [paint.yellow('Not in it:'), ...untold])];
}

/** Nodes, networks and services as they were seen. */
export function adoptionLines(adoption: Adoption, options: TableOptions = {}): string[] {
  const paint = options.paint ?? noColours;
  const { nodes, networks, services, label } = adoption;
  return [
    ...pairs(
      [
        ['swarm', adoption.swarmId],
        ['read from', `${adoption.manager} at ${moment(adoption.at)}`],
        ['data path', `UDP ${adoption.dataPathPort}`],
        ...(label === null ? [] : [['label', `formed by Flotilla as ${label}`] satisfies [string, string]]),
        ['networks', networks.map(({ name }) => name).join(', ') || 'no overlay network'],
        ['services', services.join(', ') || 'none'],
      ],
      paint,
    ),
    '',
    paint.bold(count(nodes.length, 'node')),
    ...nodesTable(nodes, options),
    ...Object.entries(adoption.unseen).map(([host, reason]) =>
      paint.yellow(`? ${host} could not be asked which node it is: ${reason}`),
    ),
  ];
}

const nodesTable = (nodes: readonly AdoptedNode[], options: TableOptions): string[] =>
  table(
    [
      { title: 'HOST' },
      { title: 'NODE', elastic: true },
      { title: 'ROLE' },
      { title: 'STATE' },
      { title: 'ADDRESS' },
      { title: 'NODE ID', elastic: true },
    ],
    nodes.map((node) => [
      node.host ?? 'none yet',
      node.hostname,
      node.role,
      node.availability === 'active' ? node.state : `${node.state}, ${node.availability}`,
      node.address,
      node.id,
    ]),
    options,
  );

/** The commands that make the other nodes reachable, to be copied as they are. */
export function withoutHostLines(cluster: string, { nodes, manager }: Adoption, options: TableOptions = {}): string[] {
  const paint = options.paint ?? noColours;
  const commands = nodes.flatMap(({ addHost }) => (addHost === null ? [] : [addHost]));
  if (commands.length === 0) return [];
  const what = count(commands.length, 'node');
  return [
    '',
    paint.yellow(
      `${what} of it ${commands.length === 1 ? 'is' : 'are'} no registered host, so nobody can look from there. To add them:`,
    ),
    ...[...commands, `flotilla cluster adopt ${cluster} --from ${manager}`].map((line) => `  ${line}`),
  ];
}

/** The overlay networks that were seen when it was adopted. */
export const adoptedNetworksLines = ({ networks, at }: Adoption, options: TableOptions = {}): string[] => [
  ...table(
    [{ title: 'NETWORK', elastic: true }, { title: 'SUBNET' }, { title: 'ATTACHABLE' }],
    networks.map(({ name, subnets, attachable }) => [name, subnets.join(', ') || '-', attachable ? 'yes' : 'no']),
    options,
  ),
  (options.paint ?? noColours).dim(`As seen at ${moment(at)}, when it was adopted.`),
];
