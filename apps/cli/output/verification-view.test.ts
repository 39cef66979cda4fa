import { expect, test } from 'vitest';
import type { CheckResult, Verification } from '#core/verification.ts';
import { verificationLines } from './verification-view.ts';

const check = (fields: Partial<CheckResult>): CheckResult => ({
  level: 'L4',
  check: 'ping',
  network: 'net',
  from: 'h1',
  to: 'h2',
  target: '10.200.1.7',
  result: 'ok',
  detail: '',
  ms: 1,
  ...fields,
});

const seen = (fields: Partial<Verification>): Verification => ({
  startedAt: '2026-10-04T08:00:00Z',
  seconds: 2.13,
  verdict: 'passed',
  nodes: ['h1', 'h2'],
  sampled: false,
  pairs: [
    { from: 'h1', to: 'h2', result: 'ok', rttMs: 0.5 },
    { from: 'h2', to: 'h1', result: 'ok', rttMs: 0.6 },
  ],
  checks: [check({}), check({ from: 'h2', to: 'h1' })],
  findings: [],
  ...fields,
});

test('a passed verification is its verdict and the matrix', () => {
  expect(verificationLines(seen({}))).toEqual([
    '✓ Verification passed (2 nodes, 2 of 2 pairs reached, 2 checks made, 2.1 s)',
    '',
    'from \\ to  h1     h2',
    'h1         -      ✓ 0.5',
    'h2         ✓ 0.6  -',
    '✓ reached   numbers: round trip in ms',
  ]);
});

test('a failed one names the cause with its fix, then the failed checks, then what was not seen with the reason', () => {
  const lines = verificationLines(
    seen({
      verdict: 'failed',
      pairs: [
        { from: 'h1', to: 'h2', result: 'failed', rttMs: null },
        { from: 'h2', to: 'h1', result: 'unknown', rttMs: null },
      ],
      findings: [
        {
          id: 'slow-dns',
          severity: 'warning',
          message: 'names resolve slowly',
          hosts: ['h1'],
          evidence: [],
          confidence: 'certain',
          consequenceOf: null,
          symptom: false,
        },
        {
          id: 'data-path-blocked',
          severity: 'error',
          message: 'UDP 4789 does not arrive',
          hosts: ['h1', 'h2'],
          direction: { from: 'h1', to: 'h2' },
          evidence: ['0 of 3 datagrams received'],
          fix: 'Open UDP 4789 on h2 for h1.',
          confidence: 'certain',
          consequenceOf: null,
          symptom: false,
        },
      ],
      checks: [
        check({ result: 'failed', detail: 'no answer in 2 s' }),
        check({ from: 'h2', to: 'h1', result: 'unknown', detail: 'h2 did not answer' }),
        check({ from: 'h2', to: 'h1', result: 'skipped', detail: 'ping failed', check: 'tcp', level: 'L5' }),
        check({ from: 'h1', to: 'h2', result: 'skipped', detail: 'ping failed', check: 'tcp', level: 'L5' }),
      ],
    }),
  );
  expect(lines).toEqual([
    '✗ Verification failed (2 nodes, 0 of 2 pairs reached, 2 checks made, 2.1 s)',
    '',
    'from \\ to  h1  h2',
    'h1         -   ✗',
    'h2         ?   -',
    '✗ failed   ? not known',
    '',
    '✗ h1 → h2: UDP 4789 does not arrive [data-path-blocked]',
    '    0 of 3 datagrams received',
    '    Fix: Open UDP 4789 on h2 for h1.',
    '! h1: names resolve slowly [slow-dns]',
    '',
    'Failed checks (1)',
    '✗ L4 ping  h1 → h2  10.200.1.7  no answer in 2 s',
    '',
    'Not tested',
    '? L4 ping  not known (h2 → h1): h2 did not answer',
    '· L5 tcp  skipped (2×, first h2 → h1): ping failed',
  ]);
});

test('a finding without a known cause says so', () => {
  const finding = {
    id: 'x',
    severity: 'error' as const,
    message: 'no answer',
    hosts: [],
    evidence: [],
    confidence: 'possible' as const,
    consequenceOf: null,
    symptom: true,
  };
  expect(verificationLines(seen({ findings: [finding] }))).toContain('✗ no answer (cause not known) [x]');
});

test('a sampled verification says how much was tested', () => {
  expect(verificationLines(seen({ sampled: true, nodes: ['h1', 'h2', 'h3'] }))[1]).toBe(
    'Sampled: 2 of 6 pairs were tested. All: --connectivity full',
  );
});

test('many failed checks are cut unless all are asked for', () => {
  const checks = Array.from({ length: 20 }, () => check({ result: 'failed', detail: 'no answer' }));
  expect(verificationLines(seen({ checks })).filter((line) => line.startsWith('✗ L4'))).toHaveLength(12);
  expect(verificationLines(seen({ checks }))).toContain('  and 8 more: --verbose shows them');
  expect(verificationLines(seen({ checks }), { verbose: true }).filter((line) => line.startsWith('✗ L4'))).toHaveLength(
    20,
  );
});
