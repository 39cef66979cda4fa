import { describe, expect, test } from 'vitest';
import { rootCausesOf } from '../causes/finding-of.ts';
import { known, unknown } from '../observed.ts';
import { between, evidenceOf, lookAt, overlay, symptomsOf } from '../testing/symptoms.ts';
import { diagnose } from './diagnose.ts';
import type { Symptoms } from './symptoms.ts';

/** Root causes as `id hosts`. */
const causes = (symptoms: Symptoms): string[] =>
  rootCausesOf(diagnose(symptoms)).map(({ id, hosts }) => `${id} ${hosts.join('+')}`);

const atH2 = (from: string, to: string): boolean => from === 'h2' || to === 'h2';
const lost = between('ping', atH2);
const oneWay = lost.map(({ from, to }) => ({ network: 'net', from, to: to ?? '', arrived: !atH2(from, to ?? '') }));

describe('what vanishes to and from one host while another port passes', () => {
  const underlay = between('control-udp', () => false, { target: '10.0.0.2:7789' });
  const evidence = evidenceOf({ oneWay, underlay });

  test('is eaten by the network there', () => {
    const [finding, ...more] = diagnose(symptomsOf({ checks: lost, evidence }));
    expect(more).toEqual([]);
    expect(finding).toMatchObject({ id: 'data-port-eaten', hosts: ['h2'] });
    expect(finding?.evidence[0]).toBe('UDP 7789 passes on the same ways');
  });

  test('is blocked where the other port does not pass on all those ways', () => {
    const some = between('control-udp', (from) => from === 'h2');
    expect(causes(symptomsOf({ checks: lost, evidence: { ...evidence, underlay: some } }))).toEqual([
      'data-port-blocked h2',
    ]);
  });

  test('is blocked where the rules of a host could not be seen: one of them may stop it', () => {
    const hosts = { ...symptomsOf().hosts, h1: lookAt('h1', { firewall: unknown('no root') }) };
    expect(causes(symptomsOf({ checks: lost, evidence, hosts }))).toEqual(['data-port-blocked h2']);
  });

  test('is blocked where the swarm uses a port that no network takes for itself', () => {
    const swarm = known({ dataPathPort: 7789, networks: [overlay('net')], nodes: [] });
    expect(causes(symptomsOf({ checks: lost, evidence, swarm }))).toEqual(['data-port-blocked h2']);
  });
});
