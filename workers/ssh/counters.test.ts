import { expect, test } from 'vitest';
import type { Counters } from '#core/diagnosis/symptoms.ts';
import { known, unknown } from '#core/observed.ts';
import { countedSince } from './counters.ts';

const counters = (received: number, bytes: number): Counters => ({
  overlays: [{ network: 'abcdef0123', received, sent: 7 }],
  xfrm: [{ from: '10.0.0.1', to: '10.0.0.2', spi: '0x1', bytes }],
});

test('what was carried before is not counted', () => {
  expect(countedSince(known(counters(10, 840)), known(counters(13, 840)))).toEqual(
    known({ ...counters(3, 0), overlays: [{ network: 'abcdef0123', received: 3, sent: 0 }] }),
  );
});

test('what was not there before began with nothing', () => {
  const before = known({ overlays: [], xfrm: [] });
  expect(countedSince(before, known(counters(3, 840)))).toEqual(known(counters(3, 840)));
});

test('of which one look is missing nothing is known', () => {
  expect(countedSince(unknown('no root'), known(counters(3, 1)))).toEqual(unknown('no root'));
  expect(countedSince(known(counters(3, 1)), unknown('no root'))).toEqual(unknown('no root'));
});
