import { expect, test } from 'vitest';
import { between, evidenceOf, symptomsOf } from '../testing/symptoms.ts';
import { diagnose } from './diagnose.ts';

test('where each of many hosts tests a few, an echo that is lost on its way back is no second cause', () => {
  const ring = ['h1', 'h2', 'h3', 'h4', 'h5'];
  const tests = (from: string, to: string): boolean =>
    [1, 2].includes((ring.indexOf(to) - ring.indexOf(from) + ring.length) % ring.length);
  const checks = between('ping', (from, to) => from === 'h3' || to === 'h3', {}, ring).filter(({ from, to }) =>
    tests(from, to ?? ''),
  );
  const sent = between('udp', () => false, {}, ring).filter(
    ({ from, to }) => tests(from, to ?? '') || tests(to ?? '', from),
  );
  const oneWayBack = sent.map(({ from, to }) => ({ network: 'net', from, to: to ?? '', arrived: to !== 'h3' }));
  const findings = diagnose(symptomsOf({ checks, evidence: evidenceOf({ oneWay: oneWayBack }) }));
  expect(findings.map(({ id, hosts, direction }) => [id, hosts.join(), direction])).toEqual([
    ['data-port-blocked', 'h3', { from: '*', to: 'h3' }],
  ]);
});
