import { describe, expect, it } from 'vitest';
import { attemptsMax, nextAttemptMs } from './schedule.ts';
import { isSignedBy, newSigningPair, signatureOf } from './sign.ts';
import { outEventOf } from './event-of.ts';

describe('a signature', () => {
  const signed = { id: 'msg_1', timestamp: 1_700_000_000, body: '{"a":1}' };

  it('is ed25519 over id, time and body, and that of another key or of anything changed is none', async () => {
    const pair = await newSigningPair();
    const signature = await signatureOf(pair.secretKey, signed);
    expect([pair.publicKey, signature]).toEqual([expect.stringMatching(/^whpk_/), expect.stringMatching(/^v1a,/)]);
    expect(await isSignedBy(pair.publicKey, `v1,AAAA ${signature}`, signed)).toBe(true);
    for (const other of [{ id: 'msg_2' }, { timestamp: 1_700_000_001 }, { body: '{"a":2}' }])
      expect(await isSignedBy(pair.publicKey, signature, { ...signed, ...other })).toBe(false);
    expect(await isSignedBy((await newSigningPair()).publicKey, signature, signed)).toBe(false);
    expect(await isSignedBy(pair.publicKey, 'v1a,?', signed)).toBe(false);
  });
});

describe('the schedule', () => {
  it('waits longer each time, a tenth more or less, for some three days', () => {
    const at = (attempts: number, random: number) => nextAttemptMs(attempts, { nowMs: 0, random });
    expect([at(1, 0), at(1, 0.5), at(1, 1)]).toEqual([4500, 5000, 5500]);
    const all = Array.from({ length: attemptsMax - 1 }, (_, index) => at(index + 1, 0.5) ?? 0);
    expect(all).toEqual(all.toSorted((a, b) => a - b));
    expect(all.reduce((sum, ms) => sum + ms, 0)).toBeGreaterThan(3 * 86_400_000);
    expect(at(attemptsMax, 0)).toBeNull();
  });

  it('honours what the receiver asks for, up to a day', () => {
    const after = (retryAfterMs: number) => nextAttemptMs(1, { nowMs: 1000, random: 0, retryAfterMs });
    expect([after(60_000), after(1), after(10 ** 12)]).toEqual([61_000, 5500, 1000 + 86_400_000]);
  });
});

it('what is told of an act is thin, and most acts are told to nobody', () => {
  const event = {
    sequence: 7,
    at: '2026-11-24T00:00:00.000Z',
    actor: { kind: 'ci', source: 'webhook:x', name: 'x' },
    cluster: 'demo',
    operation: 'op_1',
  } as const;
  const details = { kind: 'apply', state: 'failed', code: 'step_failed', message: 'no', secret: 'canary' };
  const told = outEventOf({ ...event, action: 'operation.ended', details });
  expect(told).toMatchObject({ type: 'operation.failed', data: { sequence: 7, code: 'step_failed', kind: 'apply' } });
  expect(JSON.stringify(told)).not.toContain('canary');
  expect(outEventOf({ ...event, action: 'token.created', details: {} })).toBeNull();
});
