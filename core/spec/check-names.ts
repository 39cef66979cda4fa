import { asideOf } from '../engine/aside-names.ts';
import type { InputIssue } from '../errors.ts';
import { pointerOf } from '../pointer.ts';
import { ownLabelPrefix } from './names.ts';
import type { Spec } from './spec.ts';

/** Networks that every engine or swarm has by itself. */
const builtInNetworks = ['bridge', 'host', 'none', 'ingress', 'docker_gwbridge'];

/** Names of networks that are there already. */
export const checkBuiltIn = ({ networks }: Pick<Spec, 'networks'>): InputIssue[] =>
  Object.keys(networks)
    .filter((name) => builtInNetworks.includes(name))
    .map((name) => ({
      pointer: pointerOf(['networks', name]),
      message: 'is the name of a network that Docker makes itself',
    }));

/** Swarm takes no dots in the names of networks and services (swarmkit, isValidDNSName); Docker no container name of one letter. */
export const checkForms = ({
  networks,
  services,
  containers,
}: Pick<Spec, 'networks' | 'services' | 'containers'>): InputIssue[] => [
  ...[
    ...Object.keys(networks).map((name) => ['networks', name]),
    ...Object.keys(services).map((name) => ['services', name]),
  ]
    .filter(([, name]) => name?.includes('.') === true)
    .map((path) => ({ pointer: pointerOf(path), message: 'may not have a dot in its name: Swarm does not take it' })),
  ...Object.keys(containers)
    .filter((name) => name.length === 1)
    .map((name) => ({ pointer: pointerOf(['containers', name]), message: 'needs a name of two letters or more' })),
  ...Object.keys(containers)
    .filter((name) => asideOf(name) !== null)
    .map((name) => ({
      pointer: pointerOf(['containers', name]),
      message: 'has a name that Flotilla gives to a container while another one takes its place',
    })),
];

type Runnables = Pick<Spec, 'services' | 'containers'>;
type Labelled = Pick<Spec, 'nodes' | 'networks' | 'services' | 'containers' | 'secrets' | 'configs'>;

/** Both answer to their name in the DNS of a network, so one name can be only one of them. */
export const checkClashes = ({ services, containers }: Runnables): InputIssue[] =>
  Object.keys(containers)
    .filter((name) => Object.hasOwn(services, name))
    .map((name) => ({
      pointer: pointerOf(['containers', name]),
      message: 'has the name of a service; names must differ',
    }));

/** An alias that is the name of something else on the same network would answer for both by turns. */
export function checkAliases({ services, containers }: Runnables): InputIssue[] {
  const all = [
    ...Object.entries(services).map(([name, { networks }]) => ({ section: 'services', name, networks })),
    ...Object.entries(containers).map(([name, { networks }]) => ({ section: 'containers', name, networks })),
  ];
  return all.flatMap(({ section, name, networks }) =>
    Object.entries(networks).flatMap(([network, { aliases }]) =>
      aliases.flatMap((alias, at) => {
        const other = all.find(
          (one) => one.name === alias && one.name !== name && Object.hasOwn(one.networks, network),
        );
        if (other === undefined) return [];
        const pointer = pointerOf([section, name, 'networks', network, 'aliases', at]);
        return [{ pointer, message: `\`${alias}\` is the name of another one on ${network}` }];
      }),
    ),
  );
}

/** Labels that are ours to write. */
export function checkLabels(spec: Labelled): InputIssue[] {
  const places = [
    ...inSection('nodes', spec.nodes),
    ...inSection('networks', spec.networks),
    ...inSection('services', spec.services),
    ...inSection('containers', spec.containers),
    ...inSection('secrets', spec.secrets ?? {}),
    ...inSection('configs', spec.configs ?? {}),
    ...Object.entries(spec.services).map(([name, { deploy }]) => ({
      path: ['services', name, 'deploy', 'labels'],
      labels: deploy.labels,
    })),
  ];
  return places.flatMap(({ path, labels }) =>
    Object.keys(labels)
      .filter((label) => label.startsWith(ownLabelPrefix))
      .map((label) => ({
        pointer: pointerOf([...path, label]),
        message: `starts with \`${ownLabelPrefix}\`, which Flotilla writes itself`,
      })),
  );
}

const inSection = (section: string, items: Record<string, { labels?: Record<string, string> | undefined }>) =>
  Object.entries(items).map(([name, { labels = {} }]) => ({ path: [section, name, 'labels'], labels }));
