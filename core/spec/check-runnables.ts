import type { InputIssue } from '../errors.ts';
import { didYouMean } from '../nearest.ts';
import { pointerOf } from '../pointer.ts';
import { parseConstraint } from './constraint.ts';
import { checkGrants } from './held.ts';
import type { ContainerSpec, ServiceSpec } from './service.ts';
import type { Spec } from './spec.ts';
import { stackLabel } from './stack.ts';

/** Services and containers: the hosts and networks they name exist, and what they ask for goes together. */
export const checkRunnables = (spec: Around & Pick<Spec, 'services' | 'containers'>): InputIssue[] => [
  ...checkGrants(spec, spec.services),
  ...Object.entries(spec.services).flatMap(([name, service]) => checkService(spec, name, service)),
  ...Object.entries(spec.containers).flatMap(([name, container]) => checkContainer(spec, name, container)),
];

/** What they may name. */
type Around = Pick<Spec, 'nodes' | 'networks' | 'secrets' | 'configs'>;

function checkService(spec: Around, name: string, service: ServiceSpec): InputIssue[] {
  const { deploy, networks, ports } = service;
  const at = (...segments: PropertyKey[]): string => pointerOf(['services', name, ...segments]);
  return [
    ...Object.keys(networks)
      .filter((network) => !Object.hasOwn(spec.networks, network))
      .map((network) => ({
        pointer: at('networks'),
        message: unknownNetwork(spec, network) + hintFor(service, network),
      })),
    ...(deploy.mode === 'global' && deploy.replicas !== undefined
      ? [
          {
            pointer: at('deploy', 'replicas'),
            message: 'does not go with `mode: global`, which runs one task on each node',
          },
        ]
      : []),
    ...ports.flatMap((port, index) =>
      deploy.endpoint_mode === 'dnsrr' && port.mode === 'ingress'
        ? [
            {
              pointer: at('ports', index, 'mode'),
              message: '`ingress` does not go with `endpoint_mode: dnsrr`; write `host`',
            },
          ]
        : [],
    ),
    ...deploy.placement.constraints.flatMap((constraint, index) =>
      parseConstraint(constraint) !== undefined
        ? []
        : [
            {
              pointer: at('deploy', 'placement', 'constraints', index),
              message: 'is not a constraint such as `node.role == manager` or `node.labels.zone != a`',
            },
          ],
    ),
  ];
}

function checkContainer(spec: Around, name: string, container: ContainerSpec): InputIssue[] {
  const at = (...segments: PropertyKey[]): string => pointerOf(['containers', name, ...segments]);
  const { host } = container;
  return [
    ...(Object.hasOwn(spec.nodes, host)
      ? []
      : [
          {
            pointer: at('host'),
            message: `\`${host}\` is not a node of the spec${didYouMean(host, Object.keys(spec.nodes))}`,
          },
        ]),
    ...container.ports.flatMap((port, index) =>
      port.mode === 'ingress'
        ? [
            {
              pointer: at('ports', index, 'mode'),
              message: '`ingress` is for services; a container publishes on its host',
            },
          ]
        : [],
    ),
    ...checkContainerNetworks(spec, container).map((message) => ({ pointer: at('networks'), message })),
  ];
}

/** Overlay networks must be attachable. `bridge` and `host` are the engine's own: alone, and `host` without ports. */
function checkContainerNetworks(spec: Around, { networks, ports }: ContainerSpec): string[] {
  const names = Object.keys(networks);
  return names.flatMap((network) => {
    if (network === 'bridge' || network === 'host') {
      return [
        ...(names.length === 1 ? [] : [`\`${network}\` does not go with other networks`]),
        ...(networks[network]?.aliases.length === 0 ? [] : [`\`${network}\` has no aliases`]),
        ...(network === 'host' && ports.length > 0 ? ['`host` has all ports of the host; leave `ports` out'] : []),
      ];
    }
    if (!Object.hasOwn(spec.networks, network)) return [unknownNetwork(spec, network)];
    return spec.networks[network]?.attachable === true
      ? []
      : [`\`${network}\` is not attachable; write \`attachable: true\` there`];
  });
}

const unknownNetwork = (spec: Around, network: string): string =>
  network === 'bridge' || network === 'host'
    ? `\`${network}\` is for containers; services run on the networks of the spec`
    : `\`${network}\` is not a network of the spec${didYouMean(network, Object.keys(spec.networks))}`;

/** A stack takes networks from outside of it, which its file cannot make. */
const hintFor = ({ deploy }: ServiceSpec, network: string): string =>
  Object.hasOwn(deploy.labels, stackLabel) ? ` (\`flotilla network create ${network}\` makes it)` : '';
