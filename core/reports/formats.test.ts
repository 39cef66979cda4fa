import { describe, expect, test } from 'vitest';
import { check, failedReport, finding, passedReport } from '../testing/reports.ts';
import type { Pair } from '../verification.ts';
import { exposition } from './exposition.ts';
import { htmlOf } from './html/page.ts';
import { junitOf } from './junit.ts';
import { metricsOf } from './metrics.ts';
import { junitOfOperation } from './operation-junit.ts';

const hostile = `<script>alert("1")</script>&'\u0000\u001B[31m\uD800`;

describe('JUnit XML', () => {
  const countOf = (xml: string, tag: string): number => xml.split(`<${tag} `).length - 1;

  test('has a test case for each check and each finding that is no consequence', () => {
    const report = failedReport(3);
    expect(countOf(junitOf(report), 'testcase')).toBe(report.checks.length + report.findings.length - 1);
  });

  test('failed is a failure, not known an error, skipped is skipped with its reason', () => {
    const xml = junitOf(failedReport(3));
    expect(xml).toContain('<failure type="failed" message="3 sent, none answered">');
    expect(xml).toContain('<error type="unknown" message="Not known: h3 is away"/>');
    expect(xml).toContain('<skipped message="does not speak HTTP"/>');
    expect(xml).toContain('tests="10" failures="3" errors="1"');
  });

  test('a failed check points to the root cause at its hosts, and a note does not fail', () => {
    const xml = junitOf(failedReport(3));
    expect(xml).toContain('See: UDP 4789 is dropped on the way into h2. [data-port-blocked]');
    expect(xml).toMatch(/live-restore-on h1" time="0"><system-out>/);
  });

  test('whatever a name holds, no other tag and no character that XML forbids comes out', () => {
    const xml = junitOf({
      ...passedReport(2),
      cluster: hostile,
      checks: [check({ target: hostile, detail: hostile })],
    });
    for (const never of ['<script', '\u0000', '\u001B']) expect(xml).not.toContain(never);
    expect(xml).toContain('&lt;script&gt;');
    expect(xml.isWellFormed()).toBe(true);
  });
});

describe('the page', () => {
  test('tells the root cause first, and folds what follows from it', () => {
    const page = htmlOf(failedReport(3));
    const at = (text: string): number => page.indexOf(text);
    expect(at('UDP 4789 is dropped')).toBeLessThan(at('In consequence (1)'));
    expect(at('In consequence (1)')).toBeLessThan(at('Containers on h2 do not answer.'));
    expect(at('Containers on h2 do not answer.')).toBeLessThan(at('live-restore is on.'));
  });

  test('loads nothing and runs nothing', () => {
    const page = htmlOf(failedReport(20));
    expect(page).not.toMatch(/<script|<link|<img|<iframe|src=|@import|url\(/);
    expect(page).toContain('default-src &#39;none&#39;');
  });

  test('escapes every text, wherever it stands', () => {
    const page = htmlOf({
      ...passedReport(2),
      cluster: hostile,
      hosts: [hostile, 'h2'],
      pairs: [{ from: hostile, to: 'h2', result: 'ok', rttMs: 1 }],
      checks: [check({ from: hostile, target: hostile, network: hostile, detail: hostile, result: 'unknown' })],
      findings: [
        finding({
          id: hostile,
          message: hostile,
          evidence: [hostile],
          fix: hostile,
          network: hostile,
          hosts: [hostile],
        }),
      ],
    });
    expect(page).not.toContain('<script');
    expect(page).not.toContain('alert("1")');
  });
});

describe('metrics', () => {
  const text = (now = '2026-11-25T18:10:00Z') => exposition(metricsOf([failedReport(3)], Date.parse(now)));

  test('say verdict, age, pairs and causes of the newest report', () => {
    const lines = text().split('\n');
    expect(lines).toEqual(
      expect.arrayContaining([
        '# TYPE flotilla_report_passed gauge',
        'flotilla_report_passed{cluster="prod",kind="verification"} 0',
        'flotilla_report_age_seconds{cluster="prod",kind="verification"} 600',
        'flotilla_report_findings{cluster="prod",kind="verification",severity="error"} 2',
        'flotilla_report_root_cause{cluster="prod",kind="verification",cause="data-port-blocked"} 1',
        'flotilla_pair_reachable{cluster="prod",kind="verification",from="h1",to="h2"} 0',
        'flotilla_pair_rtt_seconds{cluster="prod",kind="verification",from="h1",to="h3"} 0.0004',
      ]),
    );
  });

  test('of very many pairs only those that were not reached are told one by one, and all by their number', () => {
    const hosts = Array.from({ length: 40 }, (_, at) => `h${at + 1}`);
    const pairs = hosts.flatMap((from) =>
      hosts.flatMap((to): Pair[] => {
        if (to === from) return [];
        return [to === 'h7' ? { from, to, result: 'failed', rttMs: null } : { from, to, result: 'ok', rttMs: 0.4 }];
      }),
    );
    const many = exposition(metricsOf([{ ...failedReport(3), hosts, pairs }], 0));
    expect(many.match(/^flotilla_pair_reachable\{/gm)).toHaveLength(39);
    expect(many).not.toContain('flotilla_pair_rtt_seconds');
    expect(many).toContain('flotilla_report_pairs{cluster="prod",kind="verification",result="ok"} 1521\n');
    expect(many).toContain('flotilla_report_pairs{cluster="prod",kind="verification",result="failed"} 39\n');
  });

  test('a pair without a measurement has no sample', () => {
    expect(text()).not.toContain('flotilla_pair_rtt_seconds{cluster="prod",kind="verification",from="h1",to="h2"}');
  });

  test('every metric has its help and its type once, before its samples', () => {
    const names = [...text().matchAll(/^# TYPE (\S+) /gm)].map(([, name]) => name);
    expect(new Set(names).size).toBe(names.length);
    expect([...text().matchAll(/^# HELP (\S+) \S/gm)].map(([, name]) => name)).toEqual(names);
  });

  test('labels are escaped', () => {
    const labels = { name: 'a"b\\c\nd' };
    expect(exposition([{ name: 'x', type: 'gauge', help: 'h', samples: [{ labels, value: Number.NaN }] }])).toBe(
      '# HELP x h\n# TYPE x gauge\nx{name="a\\"b\\\\c\\nd"} NaN\n',
    );
  });
});

describe('JUnit XML of an operation that was not verified', () => {
  type Ended = Parameters<typeof junitOfOperation>[0];
  const error = { code: 'step_failed', message: 'web cannot start: non-zero exit (3).' } as const;
  const step = (outcome: Ended['steps'][number]['outcome']): Ended['steps'][number] => ({
    step: {
      id: 'remove-network:net',
      kind: 'remove-network',
      host: null,
      args: { network: 'net', id: 'n1' },
      after: [],
    },
    state: outcome === null ? 'waiting' : 'ended',
    outcome,
    ms: outcome === null ? null : 1500,
  });
  const ended: Ended = {
    id: 'op_1',
    kind: 'apply',
    cluster: 'prod',
    state: 'failed',
    error: { ...error, done: '0 of 2 steps were done.' },
    steps: [step({ kind: 'failed', error, findings: [] }), step(null)],
    startedAt: '2026-11-24T10:00:00.000Z',
    endedAt: '2026-11-24T10:00:02.500Z',
  };

  test('one fault is one failure: of the step that says it, with the time that all took', () => {
    const xml = junitOfOperation(ended);
    expect(xml).toContain('<testsuites name="apply op_1" tests="2" failures="1" errors="0" time="2.500">');
    expect(xml.split('<failure ')).toHaveLength(2);
    expect(xml).toContain('<skipped message="not started"/>');
  });

  test('one that no step says is of the operation', () => {
    const xml = junitOfOperation({ ...ended, state: 'blocked', steps: [] });
    expect(xml).toContain('tests="1" failures="1"');
    expect(xml).toContain('<testcase classname="prod" name="apply op_1" time="2.500"><failure type="blocked"');
  });
});
