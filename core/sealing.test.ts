import { expect, it } from 'vitest';
import { newSealingKey, sealerOf } from './sealing.ts';

it('a sealed secret is had again, and says nothing of what it is', async () => {
  const sealer = sealerOf(newSealingKey());
  const sealed = await sealer.seal('whsec_canary', 'source one');
  expect(sealed).not.toContain('canary');
  expect(await sealer.open(sealed, 'source one')).toBe('whsec_canary');
  expect(await sealer.seal('whsec_canary', 'source one')).not.toBe(sealed);
});

it('is not had under another key, for another thing, or once a byte of it has changed', async () => {
  const sealer = sealerOf(newSealingKey());
  const sealed = await sealer.seal('secret', 'source one');
  expect(await sealerOf(newSealingKey()).open(sealed, 'source one')).toBeNull();
  expect(await sealer.open(sealed, 'source two')).toBeNull();
  const changed = sealed.slice(0, -6) + (sealed.at(-6) === 'A' ? 'B' : 'A') + sealed.slice(-5);
  expect(await sealer.open(changed, 'source one')).toBeNull();
  for (const none of ['', 'secret', 'v1..', sealed.slice(0, 14)])
    expect(await sealer.open(none, 'source one')).toBeNull();
});

it.each(['', 'short', 'AAAA', '!'.repeat(44)])('"%s" is no key', (text) => {
  expect(() => sealerOf(text)).toThrow('32 bytes');
});
