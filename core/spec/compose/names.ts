import { isMap } from '../../map.ts';
import { nameSchema } from '../names.ts';
import {
  asItIs,
  type Fate,
  type Found,
  isEmpty,
  type Json,
  leftOut,
  mapsOf,
  notTaken,
  refused,
  type Rule,
} from './fate.ts';

/* Names by which a service is found: they stay, whatever its containers are called. */

/** Others look up a container by its name, so that it becomes an alias on all networks of the service. */
export const containerName: Rule = (value, { name, service, file }) => {
  if (typeof value !== 'string') return notTaken;
  if (value === name) return leftOut;
  if (!nameSchema.safeParse(value).success) return refused(`\`${value}\` is no name that others can look up`);
  const other = Object.entries(servicesOf(file)).find(
    ([key, one]) => key !== name && (key === value || one['container_name'] === value),
  );
  if (other !== undefined)
    return refused(`\`${value}\` is what the service ${other[0]} is found by; one name leads to one service`);
  return { kind: 'left-out', service: withAlias(service, value) };
};

/** Services on a network that both are on find each other anyway; another name for one of them is lost. */
export function links(value: unknown, { service, file }: Found): Fate {
  if (isEmpty(value)) return asItIs;
  if (!Array.isArray(value)) return notTaken;
  const problems = value.flatMap((one) => linkProblem(String(one), networksOf(service), servicesOf(file)));
  return problems[0] === undefined ? leftOut : refused(problems[0]);
}

function linkProblem(link: string, mine: readonly string[], services: Record<string, Json>): string[] {
  const [target = '', alias = target] = link.split(':');
  const other = Object.hasOwn(services, target) ? services[target] : undefined;
  if (other === undefined) return [`\`${target}\` is not a service of the file that is deployed`];
  const common = networksOf(other).filter((network) => mine.includes(network));
  if (common.length === 0)
    return [`\`${target}\` is on no network of this service, and a swarm has no other way; put both on one`];
  if (alias === target || other['container_name'] === alias) return [];
  const { networks } = other;
  const hasAlias = common.some((network) => isMap(networks) && aliasesOf(networks[network]).includes(alias));
  if (hasAlias) return [];
  return [
    `a swarm has no names for one service alone; in \`${target}\` write \`networks: { ${common[0]}: { aliases: [${alias}] } }\``,
  ];
}

const servicesOf = ({ services }: Json): Record<string, Json> => Object.fromEntries(mapsOf(services));

/** A service that names none is on the default network of its stack. */
function networksOf({ networks }: Json): string[] {
  const names = Array.isArray(networks) ? networks.map(String) : isMap(networks) ? Object.keys(networks) : [];
  return names.length === 0 ? ['default'] : names;
}

function withAlias(service: Json, alias: string): Json {
  const { networks } = service;
  const entries = networksOf(service).map((network): [string, Json] => {
    const said = isMap(networks) ? networks[network] : undefined;
    return [network, { ...(isMap(said) ? said : {}), aliases: [...new Set([...aliasesOf(said), alias])] }];
  });
  return { ...service, networks: Object.fromEntries(entries) };
}

const aliasesOf = (attachment: unknown): unknown[] => {
  const aliases = isMap(attachment) ? attachment['aliases'] : undefined;
  return Array.isArray(aliases) ? aliases : [];
};
