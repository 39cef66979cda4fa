import { describe, expect, test } from 'vitest';
import { rootCausesOf } from '../causes/finding-of.ts';
import { known } from '../observed.ts';
import { between, evidenceOf, lookAt, overlay, rule, symptomsOf } from '../testing/symptoms.ts';
import { diagnose } from './diagnose.ts';
import type { Symptoms } from './symptoms.ts';

/** Root causes as `id hosts`. */
const causes = (symptoms: Symptoms): string[] =>
  rootCausesOf(diagnose(symptoms)).map(({ id, hosts }) => `${id} ${hosts.join('+')}`);

const atH3 = (from: string, to: string): boolean => from === 'h3' || to === 'h3';

describe('encrypted networks', () => {
  const networks = [overlay('net'), overlay('secret', { encrypted: '' })];
  const swarm = known({ dataPathPort: 4789, networks, nodes: [] });
  const checks = [...between('ping', () => false), ...between('ping', atH3, { network: 'secret' })];

  test('dead where plain ones pass: ESP is blocked', () => {
    const blocked = lookAt('h3', { firewall: known(rule('INPUT', '-p esp')) });
    const hosts = { ...symptomsOf().hosts, h3: blocked };
    expect(causes(symptomsOf({ checks, swarm, hosts, evidence: evidenceOf() }))).toEqual(['esp-blocked h3']);
    expect(causes(symptomsOf({ checks, swarm, evidence: evidenceOf() }))).toEqual(['esp-blocked h3']);
  });

  test('or the kernel cannot do it, as it says itself', () => {
    const evidence = evidenceOf({}, { h3: { esp: known(false) } });
    const [finding, ...more] = diagnose(symptomsOf({ checks, swarm, evidence }));
    expect(more).toEqual([]);
    expect(finding).toMatchObject({ id: 'kernel-no-esp', hosts: ['h3'] });
    expect(finding?.evidence).toContain('h3: an ESP state with rfc4106(gcm(aes)) is refused');
  });

  test('and a kernel that can is not blamed for what its engine logged before', () => {
    const log = ['level=warning msg="Failed Adding rSA{…}: function not implemented"'];
    const evidence = evidenceOf({}, { h3: { esp: known(true), log } });
    expect(causes(symptomsOf({ checks, swarm, evidence }))).toEqual(['esp-blocked h3']);
  });

  test('or the kernel cannot do it, as its engine logs', () => {
    const log = ['level=warning msg="Failed Adding rSA{…}: function not implemented"'];
    const evidence = evidenceOf({}, { h3: { log } });
    expect(causes(symptomsOf({ checks, swarm, evidence }))).toEqual(['kernel-no-esp h3']);
  });
});
