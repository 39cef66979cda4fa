import { z } from 'zod';
import { nameList } from '../../name-list.ts';
import { nameSchema } from '../names.ts';

/** What a key of a Compose file means in a swarm, where a stack is deployed without it: reads on from the key. */
export const leftOutWords = {
  name: 'a stack has the name under which it is deployed',
  attach: '`flotilla service logs` shows the output of every service',
  build: 'the image is taken as it is in its registry, so build it and push it first',
  container_name: 'Swarm names containers itself; on its networks it is still found by that name',
  depends_on: 'services of a swarm start together; one that ends because another is not there yet is started again',
  'depends_on beside restart: no':
    'services of a swarm start together, and what runs once is not started again when it ends because another is not there yet',
  develop: 'it is for `docker compose watch`',
  expose: 'services on one network reach all ports of each other',
  links: 'services on one network find each other by their names',
  profiles: 'Compose starts such a service only where one of them is asked for',
  pull_policy: 'hosts pull the image that is in the plan where they lack it',
  'healthcheck.start_interval': 'engines before 25 do not know it; checks come at `interval` from the start',
  'ports.name': 'it describes the port and changes nothing',
  'ports.app_protocol': 'it describes the port and changes nothing',
  'volumes.consistency': 'it means nothing on Linux',
  'volumes.bind.create_host_path': 'a path that is missing on a host is told, and never made',
  'networks.driver': 'services of a swarm are on overlay networks, which go over all hosts, and so are these',
} as const;
export type LeftOutKey = keyof typeof leftOutWords;

/** Nobody starts it again, so that its loss is more than a note. */
export const dependsOnce = 'depends_on beside restart: no' satisfies LeftOutKey;

/** By stack and key of its Compose file, the names of what has said it: services, or networks. */
export const leftOutSchema = z.record(nameSchema, z.record(z.string(), z.array(z.string())));
export type LeftOut = z.infer<typeof leftOutSchema>;

/** Keys by which networks are named, and not services. */
const ofNetworks = /^networks\./;

/** With this key a service is left out as a whole. */
const ofServices = 'profiles' satisfies LeftOutKey;

/** `depends_on` of web, api; and `driver` of the network back. */
export function keySentence(key: string, names: readonly string[]): string {
  if (key === ofServices) return `service ${nameList(names)}, for its \`profiles\`,`;
  const what = ofNetworks.test(key) ? `the ${names.length === 1 ? 'network' : 'networks'} ` : '';
  const [name = ''] = key.replace(ofNetworks, '').split(' ');
  return `\`${name}\`${names.length === 0 ? '' : ` of ${what}${nameList(names)}`}`;
}

/** Why it is left out; nothing for a key that this version does not leave out. */
export const whyLeftOut = (key: string): string[] => (isLeftOutKey(key) ? [leftOutWords[key]] : []);

const isLeftOutKey = (key: string): key is LeftOutKey => Object.hasOwn(leftOutWords, key);

/** What to do where leaving it out may break what runs; nothing where it cannot. */
export const remedyFor = (key: string): string[] =>
  key === dependsOnce ? ['Write `restart: on-failure`: then it runs until it has ended well once.'] : [];
