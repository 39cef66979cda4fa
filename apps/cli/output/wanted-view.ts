import type { Port } from '#core/spec/ports.ts';
import type { ContainerSpec, ServiceSpec } from '#core/spec/service.ts';
import type { Spec } from '#core/spec/spec.ts';
import { stackLabel, stacksOf } from '#core/spec/stack.ts';
import type { RevisionView } from '#core/wire.ts';
import { table, type TableOptions } from './table.ts';

/* What a revision wants to run, as tables. */

export const servicesLines = ({ spec, decisions }: RevisionView, options: TableOptions = {}): string[] =>
  table(
    [
      { title: 'SERVICE' },
      { title: 'TASKS' },
      { title: 'IMAGE', elastic: true },
      { title: 'PORTS' },
      { title: 'NETWORKS' },
      { title: 'STACK' },
    ],
    Object.entries(spec.services).map(([name, service]) => [
      name,
      tasksText(service),
      imageText(service.image, `services.${name}.image`, decisions),
      portsText(service.ports),
      networksText(service),
      service.deploy.labels[stackLabel] ?? '-',
    ]),
    options,
  );

export const containersLines = ({ spec, decisions }: RevisionView, options: TableOptions = {}): string[] =>
  table(
    [
      { title: 'CONTAINER' },
      { title: 'HOST' },
      { title: 'IMAGE', elastic: true },
      { title: 'PORTS' },
      { title: 'NETWORKS' },
    ],
    Object.entries(spec.containers).map(([name, container]) => [
      name,
      container.host,
      imageText(container.image, `containers.${name}.image`, decisions),
      portsText(container.ports),
      networksText(container),
    ]),
    options,
  );

export const stacksLines = (spec: Spec, options: TableOptions = {}): string[] =>
  table(
    [{ title: 'STACK' }, { title: 'SERVICES' }, { title: 'NETWORKS' }],
    Object.entries(stacksOf(spec)).map(([stack, { services, networks }]) => [
      stack,
      services.join(', ') || '-',
      networks.join(', ') || '-',
    ]),
    options,
  );

const tasksText = ({ deploy }: ServiceSpec): string =>
  deploy.mode === 'global' ? 'each node' : String(deploy.replicas ?? 1);

/** A tag with the digest that was found for it when it was planned, shortened as Docker does. */
function imageText(image: string, path: string, decisions: RevisionView['decisions']): string {
  const digest = /@sha256:([0-9a-f]{12})/.exec(
    String(decisions.find((decision) => decision.path === path)?.value),
  )?.[1];
  return digest === undefined || image.includes('@') ? image : `${image} (${digest})`;
}

const portsText = (ports: readonly Port[]): string =>
  ports.map(({ published, target, protocol }) => `${published}:${target}/${protocol}`).join(', ') || '-';

const networksText = ({ networks }: ServiceSpec | ContainerSpec): string => Object.keys(networks).join(', ') || '-';
