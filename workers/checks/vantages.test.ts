import { expect, test } from 'vitest';
import { overlay } from '#core/testing/symptoms.ts';
import type { Endpoint } from './endpoints.ts';
import { bothWays, networksAt, peersOf, vantagesOf } from './vantages.ts';

const endpoint = (host: string, network: string, containerId: string): Endpoint => ({
  kind: 'task',
  name: 'web',
  host,
  network,
  address: '10.200.1.2',
  containerId,
  ports: [],
});

test('one container that is on all networks is the only place to look from', () => {
  const places = [endpoint('h1', 'a', 'one'), endpoint('h1', 'a', 'both'), endpoint('h1', 'b', 'both')];
  const vantages = vantagesOf(['h1'], [overlay('a'), overlay('b')], places);
  expect(vantages).toMatchObject([{ kind: 'inside', containerId: 'both' }]);
  expect(vantages.flatMap(networksAt)).toEqual(['a', 'b']);
});

test('one prober is attached to all networks that the host has no container on, where they allow it', () => {
  const closed = { ...overlay('c'), attachable: false };
  const vantages = vantagesOf(['h1'], [overlay('a'), overlay('b'), closed], []);
  expect(vantages).toMatchObject([{ kind: 'attached', networks: [{ name: 'a' }, { name: 'b' }] }]);
});

test('nothing is attached to a host that takes nothing new, and what runs there is looked from', () => {
  const closed = new Map([
    ['h1', 'drain' as const],
    ['h2', 'pause' as const],
  ]);
  const vantages = vantagesOf(['h1', 'h2', 'h3'], [overlay('a')], [endpoint('h2', 'a', 'kept')], closed);
  expect(vantages).toMatchObject([
    { host: 'h2', kind: 'inside', containerId: 'kept' },
    { host: 'h3', kind: 'attached' },
  ]);
});

test('above ten hosts each tests some others, unless all were asked for', () => {
  const hosts = Array.from({ length: 12 }, (_, index) => `h${index}`);
  const { peers, sampled } = peersOf(hosts, false);
  expect(sampled).toBe(true);
  expect([...peers.values()].every((own) => own.length === 4)).toBe(true);
  expect(peersOf(hosts, true).peers.get('h0')).toHaveLength(11);
});

test('with the way back, a host sends to those that it tests and to those that test it', () => {
  const hosts = Array.from({ length: 12 }, (_, at) => `h${at + 1}`);
  const { peers } = peersOf(hosts, false);
  expect(bothWays(peers).get('h6')?.toSorted()).toEqual(['h10', 'h2', 'h3', 'h4', 'h5', 'h7', 'h8', 'h9']);
  const all = peersOf(['h1', 'h2', 'h3'], false).peers;
  expect(bothWays(all)).toEqual(all);
});
