import { stacksOf } from '#core/spec/stack.ts';
import type { ClusterView, RevisionView } from '#core/wire.ts';
import { adoptionLines, withoutHostLines } from './adoption-view.ts';
import { ago, count } from './duration.ts';
import { noColours } from './paint.ts';
import { pairs, table, type TableOptions } from './table.ts';

/** A table of clusters. */
export const clustersLines = (clusters: ClusterView[], nowMs: number, options: TableOptions = {}): string[] =>
  table(
    [
      { title: 'CLUSTER' },
      { title: 'SWARM', elastic: true },
      { title: 'NODES', align: 'right' },
      { title: 'REVISION' },
      { title: 'CREATED' },
    ],
    clusters.map((one) => [
      one.name,
      swarmText(one),
      String(Object.keys(one.nodes).length),
      revisionText(one),
      ago(one.createdAt, nowMs),
    ]),
    options,
  );

const swarmText = ({ swarmId, currentRevision }: ClusterView): string =>
  swarmId ?? (currentRevision === null ? 'not formed yet' : 'none now');

const revisionText = ({ mode, currentRevision }: ClusterView): string => {
  if (mode === 'adopted') return 'adopted, looked at only';
  return currentRevision === null ? 'none applied' : String(currentRevision);
};

/** A cluster with what its current revision wants; an adopted one with what was seen. */
export function clusterLines(
  cluster: ClusterView,
  revision: RevisionView | null,
  options: TableOptions = {},
): string[] {
  const paint = options.paint ?? noColours;
  const { adoption, name } = cluster;
  if (cluster.mode === 'adopted' && cluster.swarmId === null)
    return [
      `${paint.bold(name)} ${paint.dim('forgotten: neither looked at nor changed')}`,
      `To look at it again: flotilla cluster adopt ${name} --from HOST`,
      `What it was: flotilla cluster revisions ${name}`,
    ];
  if (adoption !== null) {
    return [
      `${paint.bold(name)} ${paint.dim('adopted: looked at, and not changed before it is taken over')}`,
      ...adoptionLines(adoption, options),
      ...withoutHostLines(name, adoption, options),
    ];
  }
  return [
    paint.bold(name),
    ...pairs(
      [
        ['swarm', swarmText(cluster)],
        [
          'revision',
          revision === null ? 'none applied yet' : `${revision.number} (${revision.origin}, by ${revision.createdBy})`,
        ],
      ],
      paint,
    ),
    ...(revision === null ? [] : wantedLines(cluster, revision, options)),
  ];
}

function wantedLines(cluster: ClusterView, { spec }: RevisionView, options: TableOptions): string[] {
  const paint = options.paint ?? noColours;
  const nodes = Object.entries(spec.nodes).map(([host, node]) => [
    host,
    node.role,
    node.availability,
    cluster.nodes[host] ?? 'not a node yet',
  ]);
  const list = (record: Record<string, unknown>): string => Object.keys(record).join(', ') || 'none';
  return [
    '',
    paint.bold(count(nodes.length, 'node')),
    ...table([{ title: 'HOST' }, { title: 'ROLE' }, { title: 'AVAILABILITY' }, { title: 'NODE ID' }], nodes, options),
    '',
    ...pairs(
      [
        ['networks', list(spec.networks)],
        ['services', list(spec.services)],
        ['containers', list(spec.containers)],
        ['stacks', list(stacksOf(spec))],
      ],
      paint,
    ),
  ];
}

/** The networks that a spec asks for. */
export const networksLines = ({ spec, decisions }: RevisionView, options: TableOptions = {}): string[] =>
  table(
    [
      { title: 'NETWORK' },
      { title: 'SUBNET' },
      { title: 'ATTACHABLE' },
      { title: 'ENCRYPTED' },
      { title: 'INTERNAL' },
      { title: 'MTU' },
    ],
    Object.entries(spec.networks).map(([name, one]) => [
      name,
      [one.subnet ?? 'from the pool', ...(one.subnet6 === undefined ? [] : [one.subnet6])].join(', '),
      one.attachable ? 'yes' : 'no',
      one.encrypted ? 'yes' : 'no',
      one.internal ? 'yes' : 'no',
      mtuText(name, one.mtu, decisions),
    ]),
    options,
  );

/** `auto` with what was chosen for it, once the network was planned. */
function mtuText(network: string, mtu: string | number, decisions: RevisionView['decisions']): string {
  const chosen = decisions.find(({ path }) => path === `networks.${network}.mtu`);
  return mtu === 'auto' && chosen !== undefined ? `${chosen.value} (auto)` : String(mtu);
}
