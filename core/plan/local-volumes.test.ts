import { describe, expect, test } from 'vitest';
import type { SpecInput } from '../spec/spec.ts';
import { formedSwarm, inputOf } from '../testing/observations.ts';
import { carriedOut, planned } from '../testing/told.ts';

type Service = NonNullable<SpecInput['services']>[string];
interface Where {
  /** The host that the service is kept on; null for any. */
  on: string | null;
  nodes?: SpecInput['nodes'];
  volumes?: SpecInput['volumes'];
  mounts?: string[];
}
const nodesUsual = { h1: { role: 'manager' as const }, h2: {}, h3: {} };
const specOf = ({ on, nodes = nodesUsual, volumes = { data: {} }, mounts = ['data:/data'] }: Where): SpecInput => {
  const db: Service = {
    image: 'busybox',
    volumes: mounts,
    ...(on === null ? {} : { deploy: { placement: { constraints: [`node.hostname == ${on}`] } } }),
  };
  return { cluster: 'demo', nodes, volumes, services: { db } };
};

/** What is told of volumes when a service that runs as first said is planned as said next. */
async function warned(first: Where, next: Where): Promise<string[]> {
  const { observation, decisions } = await carriedOut(inputOf(specOf(first), formedSwarm(['h1'], ['h2', 'h3'])));
  const { warnings } = await planned(inputOf(specOf(next), observation, { decisions, revision: 2, base: 1 }));
  return warnings.filter(({ id }) => id === 'volume-stays-behind').map(({ message }) => message);
}
const told = (hosts: string): string =>
  `The service db may not run on ${hosts} any more. What its volume data has there stays there: on another host a volume of that name is another one, and empty unless something has filled it.`;

describe('that the data of a service stays behind is told', () => {
  test.each<[string, Where, Where, string]>([
    ['it is moved to another host', { on: 'h2' }, { on: 'h3' }, 'h2'],
    ['it is kept on one host from now on', { on: null }, { on: 'h3' }, 'h1, h2'],
    ['its host is drained', { on: null }, { on: null, nodes: { ...nodesUsual, h2: { availability: 'drain' } } }, 'h2'],
  ])('when %s', async (_what, first, next, hosts) => {
    expect(await warned(first, next)).toEqual([told(hosts)]);
  });

  test.each<[string, Where, Where]>([
    ['it stays where it is', { on: 'h2' }, { on: 'h2' }],
    ['it may run on more hosts', { on: 'h2' }, { on: null }],
    ['it has files of the host only', { on: 'h2', mounts: ['/srv:/data'] }, { on: 'h3', mounts: ['/srv:/data'] }],
    [
      'its volume is on a file server',
      { on: 'h2', volumes: { data: { driver_opts: { type: 'nfs' } } } },
      { on: 'h3', volumes: { data: { driver_opts: { type: 'nfs' } } } },
    ],
  ])('and not when %s', async (_what, first, next) => {
    expect(await warned(first, next)).toEqual([]);
  });
});
