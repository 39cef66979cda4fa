import { expect, test } from 'vitest';
import type { NetworkFacts } from '#core/observation.ts';
import type { Endpoint, EndpointView } from './endpoints.ts';
import { checksFrom, type Near } from './plan-checks.ts';

const net: NetworkFacts = {
  id: 'n1',
  name: 'net',
  driver: 'overlay',
  attachable: true,
  internal: false,
  ingress: false,
  enableIpv6: false,
  options: {},
  labels: {},
  subnets: [],
};
const task = (host: string, address: string): Endpoint => ({
  kind: 'task',
  name: 'web',
  host,
  network: 'net',
  address,
  containerId: host,
  ports: [],
});
const view = (endpoints: Endpoint[], isWhole = true): EndpointView => ({
  networks: [net],
  endpoints,
  elsewhere: [],
  services: [{ name: 'web', networks: ['net'], ports: [], hosts: endpoints.map(({ host }) => host) }],
  isWhole,
  unseen: {},
});
const from = (away: string[]): Near => ({ from: 'h1', networks: [net], peers: ['h2'], away: new Set(away) });
const names = (near: Near, seen: EndpointView) => checksFrom(near, seen, []).filter(({ check }) => check === 'dns');

test('the name of a service leads to its running tasks and nowhere else', () => {
  const [, tasks] = names(from([]), view([task('h1', '10.0.0.1'), task('h2', '10.0.0.2')]));
  expect(tasks).toMatchObject({
    target: 'tasks.web',
    to: null,
    expect: [{ required: ['10.0.0.1', '10.0.0.2'], allowed: ['10.0.0.1', '10.0.0.2'] }],
  });
});

test('without a word from a manager no address is called wrong: tasks of hosts that are away are not known', () => {
  const [, tasks] = names(from(['h2']), view([task('h1', '10.0.0.1')], false));
  expect(tasks?.expect).toEqual([{ required: ['10.0.0.1'], allowed: null }]);
});

test('names that lead to nothing but a host that is away are asked as of that host', () => {
  expect(names(from(['h2']), view([task('h2', '10.0.0.2')])).map(({ to }) => to)).toEqual(['h2', 'h2']);
  expect(names(from(['h2']), view([task('h1', '10.0.0.1'), task('h2', '10.0.0.2')])).map(({ to }) => to)).toEqual([
    null,
    null,
  ]);
});
