import { describe, expect, test } from 'vitest';
import type { Machine } from '#core/host.ts';
import { down, elsewhere, here, nowhere, seen } from '../testing/machines.ts';
import { judgeMachine } from './pin-host.ts';

const fingerprint = `SHA256:${'N'.repeat(43)}`;
const request = (recorded: Machine, force = false) => ({
  kind: 'pin-host' as const,
  host: 'h1',
  fingerprint,
  replaces: [],
  recorded,
  force,
});

describe('a host that shows the key it is to be held to', () => {
  test.each([
    ['has the engine on record', here, seen, 'the one on record'],
    ['was never seen before', nowhere, seen, 'no engine was on record'],
    ['was never seen, and its engine is away', nowhere, down, 'no engine could be asked'],
  ])('is pinned when it %s', (_, recorded, facts, text) => {
    expect(judgeMachine(request(recorded), facts)).toContain(text);
  });

  test('is refused when another engine answers, with both told and both ways on', () => {
    expect(() => judgeMachine(request(elsewhere), seen)).toThrow(
      expect.objectContaining({
        code: 'conflict',
        message: expect.stringContaining(
          'engine engine-old (node node-old) is on record, and engine engine-h1 (in no swarm) answers',
        ),
        next: expect.stringMatching(/node rm h1 --force.*host pin h1 --fingerprint SHA256:N+ --force$/),
      }),
    );
  });

  test('is refused when its engine cannot say which machine it is: not seen is not the same', () => {
    expect(() => judgeMachine(request(here), down)).toThrow(
      expect.objectContaining({ code: 'engine_unreachable', message: expect.stringContaining('cannot be told') }),
    );
  });

  test('is pinned whatever is behind it when that is meant, and it is said what was', () => {
    expect(judgeMachine(request(elsewhere, true), seen)).toContain('another engine');
    expect(judgeMachine(request(here, true), down)).toContain('no engine could be asked');
  });
});
