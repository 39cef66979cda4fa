import { describe, expect, test } from 'vitest';
import { findingOf } from '#core/causes/finding-of.ts';
import { judge } from './judge.ts';

const blocked = findingOf('data-port-blocked', { hosts: ['h2'] });
const oneWay = findingOf('data-port-blocked', { hosts: ['h2'], direction: { from: 'h1', to: 'h2' } });
const expected = { id: 'data-port-blocked', hosts: ['h2'] } as const;
const failed = (...findings: (typeof blocked)[]) => ({ verdict: 'failed', findings });

describe('a fault', () => {
  test('is named by exactly one root cause with the right id, hosts and direction', () => {
    expect(judge(failed(blocked), expected)).toEqual({ ok: true, named: 'data-port-blocked h2' });
    expect(judge(failed(oneWay), { ...expected, direction: { from: 'h1', to: 'h2' } }).ok).toBe(true);
  });

  test('may have consequences, symptoms and notes beside it', () => {
    const consequence = findingOf('published-port-dead', { hosts: ['h1'], consequenceOf: 'data-port-blocked' });
    const note = findingOf('kernel-no-ipvs', { severity: 'note', hosts: ['h1'] });
    expect(judge(failed(blocked, consequence, note, findingOf('checks-failed', { symptom: true })), expected).ok).toBe(
      true,
    );
  });

  test('is not named by another host, a direction too many or too few, or a second cause', () => {
    expect(judge(failed(findingOf('data-port-blocked', { hosts: ['h1', 'h2'] })), expected).ok).toBe(false);
    expect(judge(failed(oneWay), expected).ok).toBe(false);
    expect(judge(failed(blocked), { ...expected, direction: { from: 'h1', to: 'h2' } }).ok).toBe(false);
    expect(judge(failed(blocked, findingOf('clock-skew', { hosts: ['h3'] })), expected)).toEqual({
      ok: false,
      named: 'data-port-blocked h2; clock-skew h3',
    });
  });

  test('is not named by a report that has passed, unless it is a warning', () => {
    expect(judge({ verdict: 'passed', findings: [blocked] }, expected).ok).toBe(false);
    const warning = findingOf('gossip-udp-blocked', { hosts: ['h2'] });
    expect(judge({ verdict: 'passed', findings: [warning] }, { id: 'gossip-udp-blocked', hosts: ['h2'] }).ok).toBe(
      true,
    );
    expect(judge({ verdict: 'passed', findings: [] }, expected)).toEqual({ ok: false, named: 'nothing (passed)' });
  });

  test('that only limits is a note in a report that has passed', () => {
    const note = findingOf('stream-local-forbidden', { hosts: ['h2'] });
    const wanted = { id: 'stream-local-forbidden', hosts: ['h2'], asNote: true } as const;
    expect(judge({ verdict: 'passed', findings: [note] }, wanted).ok).toBe(true);
    expect(judge(failed(note), wanted).ok).toBe(false);
    expect(judge({ verdict: 'passed', findings: [note, blocked] }, wanted).ok).toBe(false);
  });
});
