import { describe, expect, test } from 'vitest';
import { blame } from './blame.ts';
import type { Way } from '../ways.ts';

const ways = (...texts: string[]): Way[] =>
  texts.map((text) => {
    const [from = '', to = ''] = text.split('>');
    return { from, to };
  });
const allOf = (...hosts: string[]): Way[] =>
  hosts.flatMap((from) => hosts.filter((to) => to !== from).map((to) => ({ from, to })));
const three = allOf('h1', 'h2', 'h3');
const found = (...args: Parameters<typeof blame>) =>
  blame(...args).map(
    ({ hosts, side, ways: own, confidence }) => `${hosts.join('+')} ${side} ${own.length} ${confidence}`,
  );

describe('who is at fault', () => {
  test('is the host into which everything fails', () => {
    expect(found(three, ways('h1>h2', 'h3>h2'))).toEqual(['h2 in 2 likely']);
  });

  test('is the host out of which everything fails', () => {
    expect(found(three, ways('h2>h1', 'h2>h3'))).toEqual(['h2 out 2 likely']);
  });

  test('is one host when it fails both ways', () => {
    expect(found(three, ways('h1>h2', 'h3>h2', 'h2>h1', 'h2>h3'))).toEqual(['h2 both 4 likely']);
  });

  test('are two hosts when two are closed', () => {
    const five = allOf('h1', 'h2', 'h3', 'h4', 'h5');
    const failed = five.filter(({ to }) => to === 'h2' || to === 'h4');
    expect(found(five, failed)).toEqual(['h2 in 4 likely', 'h4 in 4 likely']);
  });

  test('are two hosts that neither take in nor send out', () => {
    const four = allOf('h1', 'h2', 'h3', 'h4');
    const isOpen = ({ from, to }: Way): boolean => ['h3', 'h4'].includes(from) && ['h3', 'h4'].includes(to);
    expect(
      found(
        four,
        four.filter((way) => !isOpen(way)),
      ),
    ).toEqual(['h1 both 5 likely', 'h2 both 5 likely']);
  });

  test('are many hosts beside each other that take nothing in, where each tests a few', () => {
    const hosts = Array.from({ length: 30 }, (_, at) => `h${at}`);
    const ring = hosts.flatMap((host, at) =>
      [1, 2, 3].flatMap((step) => {
        const other = hosts[(at + step) % hosts.length] ?? '';
        return [
          { from: host, to: other },
          { from: other, to: host },
        ];
      }),
    );
    const closed = hosts.slice(5, 15);
    const failed = ring.filter(({ to }) => closed.includes(to));
    expect(found(ring, failed).toSorted()).toEqual(closed.map((host) => `${host} in 6 likely`).toSorted());
  });

  test('is everything between the hosts when nothing passes anywhere', () => {
    expect(found(three, three)).toEqual(['h1+h2+h3 null 6 likely']);
  });

  test('is not known of a single pair', () => {
    expect(found(three, ways('h1>h2'))).toEqual(['h1+h2 null 1 possible']);
    expect(found(allOf('h1', 'h2'), allOf('h1', 'h2'))).toEqual(['h1+h2 null 2 possible']);
  });

  test('is the host whose own rules say so, toward everybody or one other', () => {
    const only = { host: 'h2', side: 'in', others: ['h1'] } as const;
    expect(found(three, ways('h1>h2'), [only])).toEqual(['h2 in 1 certain']);
    const all = { host: 'h1', side: 'out', others: null } as const;
    expect(found(allOf('h1', 'h2'), ways('h1>h2'), [all])).toEqual(['h1 out 1 certain']);
  });

  test('is nobody when rules are about what does not fail', () => {
    expect(found(three, [], [{ host: 'h2', side: 'in', others: null }])).toEqual([]);
  });

  test('is the one manager that nobody reaches', () => {
    const toManager = ways('h2>h1', 'h3>h1');
    expect(found(toManager, toManager)).toEqual(['h1 in 2 likely']);
  });
});
