import { expect, test } from 'vitest';
import { rootCausesOf } from '../causes/finding-of.ts';
import { known } from '../observed.ts';
import { between, evidenceOf, overlay, symptomsOf } from '../testing/symptoms.ts';
import { diagnose } from './diagnose.ts';

/** Root causes as `id hosts from>to`. */
const causes = (symptoms: Parameters<typeof diagnose>[0]): string[] =>
  rootCausesOf(diagnose(symptoms)).map(({ id, hosts, direction }) =>
    [id, hosts.join('+'), ...(direction === undefined ? [] : [`${direction.from}>${direction.to}`])].join(' '),
  );

const swarm = known({ dataPathPort: 4789, networks: [overlay('net'), overlay('lounge')], nodes: [] });
const isAt = (host: string) => (from: string, to: string) => from === host || to === host;

/** Datagrams on one network between every two hosts. */
const datagrams = (network: string, arrives: (from: string, to: string) => boolean) =>
  between('ping', () => false).map(({ from, to }) => ({
    network,
    from,
    to: to ?? '',
    arrived: arrives(from, to ?? ''),
  }));

const checks = [...between('ping', () => false), ...between('ping', isAt('h3'), { network: 'lounge' })];

test('what is lost on one network and passes over another one is no closed port', () => {
  const oneWay = [...datagrams('net', () => true), ...datagrams('lounge', (_, to) => to !== 'h3')];
  expect(causes(symptomsOf({ swarm, checks, evidence: evidenceOf({ oneWay }) }))).toEqual([
    'container-place-unknown h3 *>h3',
  ]);
});

test('what is lost on both is', () => {
  const oneWay = ['net', 'lounge'].flatMap((network) => datagrams(network, (_, to) => to !== 'h3'));
  const lost = [...between('ping', isAt('h3')), ...between('ping', isAt('h3'), { network: 'lounge' })];
  expect(causes(symptomsOf({ swarm, checks: lost, evidence: evidenceOf({ oneWay }) }))).toEqual([
    'data-port-blocked h3 *>h3',
  ]);
});

test('where a container is, a host does not hear whose gossip is blocked: that is no cause of its own', () => {
  const closed = between('gossip-tcp', isAt('h3'));
  const oneWay = [...datagrams('net', () => true), ...datagrams('lounge', (from, to) => !isAt('h3')(from, to))];
  const symptoms = symptomsOf({ swarm, checks: [...checks, ...closed], evidence: evidenceOf({ oneWay }) });
  expect(causes(symptoms)).toEqual(['gossip-tcp-blocked h3']);
  expect(diagnose(symptoms).find(({ id }) => id === 'container-place-unknown')?.consequenceOf).toBe(
    'gossip-tcp-blocked',
  );
});
