import { describe, expect, test } from 'vitest';
import { rootCausesOf } from '../causes/finding-of.ts';
import { known, unknown } from '../observed.ts';
import { addressOf, between, evidenceOf, hostNames, lookAt, overlay, symptomsOf } from '../testing/symptoms.ts';
import { diagnose } from './diagnose.ts';
import type { Counters, Symptoms } from './symptoms.ts';

/** Root causes as `id hosts from>to`, in order. */
const causes = (symptoms: Symptoms): string[] =>
  rootCausesOf(diagnose(symptoms)).map(({ id, hosts, direction }) =>
    [id, hosts.join('+'), ...(direction === undefined ? [] : [`${direction.from}>${direction.to}`])].join(' ').trim(),
  );

const isAt = (host: string) => (from: string, to: string) => from === host || to === host;

const oneWay = (arrives: (from: string, to: string) => boolean, network = 'net') =>
  between('ping', () => false).map(({ from, to }) => ({
    network,
    from,
    to: to ?? '',
    arrived: arrives(from, to ?? ''),
  }));

/** What each host's VXLAN device of one network took in. */
const received = (counts: Record<string, number>, network = 'net') =>
  Object.fromEntries(
    hostNames.map((host) => [
      host,
      {
        counters: known<Counters>({
          overlays: [{ network: `id-${network}`.slice(0, 10), received: counts[host] ?? 0, sent: 6 }],
          xfrm: [],
        }),
      },
    ]),
  );

describe('what the VXLAN devices took in', () => {
  const lost = between('ping', isAt('h2'));
  const toH2 = oneWay((from, to) => from !== 'h2' && to !== 'h2');

  test('what came into the overlay of a host and reached no container was lost inside', () => {
    const evidence = evidenceOf({ oneWay: toH2 }, received({ h1: 3, h2: 6, h3: 3 }));
    const [finding, ...more] = diagnose(symptomsOf({ checks: lost, evidence }));
    expect(more).toEqual([]);
    expect(finding).toMatchObject({ id: 'lost-inside-host', hosts: ['h2'], network: 'net' });
    expect(finding?.evidence[0]).toBe(
      'h2: the VXLAN device of net took in 6 packets, while every datagram of h1, h3 was lost',
    );
    expect(finding?.fix).toContain('*-id-net');
  });

  test('nothing is lost inside a host from which an echo came back, whatever was heard of datagrams', () => {
    const evidence = evidenceOf({ oneWay: oneWay(() => false) }, received({ h1: 6, h2: 6, h3: 6 }));
    const checks = between('ping', isAt('h2'));
    const hosts = diagnose(symptomsOf({ checks, evidence })).filter(({ id }) => id === 'lost-inside-host');
    expect(hosts.map((one) => one.hosts)).toEqual([['h2']]);
  });

  test('nothing that came in was lost on the way, and the counters are part of the evidence', () => {
    const evidence = evidenceOf({ oneWay: toH2 }, received({ h1: 3, h3: 3 }));
    const [finding, ...more] = diagnose(symptomsOf({ checks: lost, evidence }));
    expect(more).toEqual([]);
    expect(finding).toMatchObject({ id: 'data-port-blocked', hosts: ['h2'] });
    expect(finding?.evidence).toContain('h2: the VXLAN device of net took in 0 packets and gave out 6 meanwhile');
  });

  test('a packet or two that came for another reason prove nothing', () => {
    const evidence = evidenceOf({ oneWay: toH2 }, received({ h1: 3, h2: 1, h3: 3 }));
    expect(causes(symptomsOf({ checks: lost, evidence }))).toEqual(['data-port-blocked h2']);
  });

  test('counters that could not be read prove nothing', () => {
    const unread = { h2: { counters: unknown('no root') } };
    const evidence = evidenceOf({ oneWay: toH2 }, { ...received({ h1: 3, h3: 3 }), ...unread });
    expect(causes(symptomsOf({ checks: lost, evidence }))).toEqual(['data-port-blocked h2']);
  });

  describe('where only echoes were sent', () => {
    const hosts = { h1: lookAt('h1'), h2: lookAt('h2') };
    const checks = between('ping', () => true, {}, ['h1', 'h2']);
    const told = (counts: Record<string, number>): string[] =>
      causes(symptomsOf({ hosts, checks, evidence: evidenceOf({}, received(counts)) }));

    test('they tell of two hosts which way is dead', () => {
      expect(told({ h1: 3 })).toEqual(['data-port-blocked h1+h2 h1>h2']);
      expect(told({ h2: 3 })).toEqual(['data-port-blocked h1+h2 h2>h1']);
      expect(told({})).toEqual(['data-port-blocked h1+h2']);
    });
  });
});

describe('IPsec states', () => {
  const networks = [overlay('net'), overlay('secret', { encrypted: '' })];
  const swarm = known({ dataPathPort: 4789, networks, nodes: [] });
  const checks = [...between('ping', () => false), ...between('ping', isAt('h3'), { network: 'secret' })];
  const toH3 = oneWay((from, to) => from !== 'h3' && to !== 'h3', 'secret');

  /** States of each host for all ways from and to it; `spiAt` gives the key that a host uses for a way. */
  const states = (spiAt: (host: string, from: string, to: string) => string | null) =>
    Object.fromEntries(
      hostNames.map((host) => [
        host,
        {
          counters: known<Counters>({
            overlays: [],
            xfrm: between('ping', () => false)
              .filter(({ from, to }) => from === host || to === host)
              .flatMap(({ from, to }) => {
                const spi = spiAt(host, from, to ?? '');
                return spi === null ? [] : [{ from: addressOf(from), to: addressOf(to ?? ''), spi, bytes: 0 }];
              }),
          }),
        },
      ]),
    );

  test('that do not fit each other are the cause', () => {
    const skewed = states((host, from, to) => (host === 'h3' ? '0x3' : `0x${from}${to}`.replaceAll('h', '')));
    const evidence = evidenceOf({ oneWay: toH3 }, skewed);
    expect(causes(symptomsOf({ checks, swarm, evidence }))).toEqual(['esp-keys-differ h3']);
  });

  test('that are missing at one end are the cause', () => {
    const evidence = evidenceOf(
      { oneWay: toH3 },
      states((host) => (host === 'h3' ? null : '0x1')),
    );
    expect(causes(symptomsOf({ checks, swarm, evidence }))).toEqual(['esp-keys-differ h3']);
  });

  test('that fit leave ESP itself, with what they carried as evidence', () => {
    const evidence = evidenceOf(
      { oneWay: toH3 },
      states(() => '0x1'),
    );
    const [finding, ...more] = diagnose(symptomsOf({ checks, swarm, evidence }));
    expect(more).toEqual([]);
    expect(finding).toMatchObject({ id: 'esp-blocked', hosts: ['h3'] });
    expect(finding?.evidence).toContain('h3: IPsec 10.0.0.1 → 10.0.0.3 (0x1) carried 0 bytes meanwhile');
  });
});
