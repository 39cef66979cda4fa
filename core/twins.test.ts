import { expect, test } from 'vitest';
import { twinSentences, twinsOf } from './twins.ts';

const host = (name: string, key: string, engineId: string, ...addresses: string[]) => ({
  name,
  hostKeys: [{ algorithm: 'ssh-ed25519', fingerprint: `SHA256:${key.repeat(43)}` }],
  lastSeen: {
    facts: {
      engine: { engineId },
      system: { known: true as const, value: { addresses: addresses.map((address) => ({ address })) } },
    },
  },
});
const first = host('h1', 'A', 'e1', '10.0.0.1', '172.17.0.1');

test('names of one machine are told by key and engine, and that their addresses are the same', () => {
  const again = host('h9', 'A', 'e1', '10.0.0.1', '172.18.0.1');
  expect(twinsOf(again, [first, again])).toEqual([{ name: 'h1', hasSameAddresses: true }]);
  const [what, one, copy] = twinSentences('h9', twinsOf(again, [first, again]));
  expect(what).toContain('names of one machine, or copies of one disk. h9 and h1 have the same addresses');
  expect(one).toContain('flotilla host rm h9');
  expect(copy).toContain('ssh-keygen -A');
});

test('a copy has other addresses, and the words leave room for it', () => {
  const copy = host('h9', 'A', 'e1', '10.0.0.9');
  expect(twinsOf(copy, [first])).toEqual([{ name: 'h1', hasSameAddresses: false }]);
  expect(twinSentences('h9', twinsOf(copy, [first]))[0]).toContain('as copies have');
});

test('one of the two alone is no sign: keys are shared by images, engines are reinstalled', () => {
  expect(twinsOf(host('h9', 'A', 'e2'), [first])).toEqual([]);
  expect(twinsOf(host('h9', 'B', 'e1'), [first])).toEqual([]);
  expect(twinsOf({ ...host('h9', 'A', 'e1'), lastSeen: null }, [first])).toEqual([]);
  expect(twinsOf(host('h9', 'A', 'e1'), [{ ...first, lastSeen: null }])).toEqual([]);
  expect(twinSentences('h9', [])).toEqual([]);
});
