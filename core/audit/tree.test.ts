import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { hexOf, joined } from './base64.ts';
import { emptyTree, grown, rootOf } from './tree.ts';

const sha256 = (bytes: Uint8Array): Uint8Array => createHash('sha256').update(bytes).digest();

/** RFC 6962 §2.1 word for word: split at the largest power of two below the size. */
function naiveRoot(leaves: readonly Uint8Array[]): Uint8Array {
  const [only] = leaves;
  if (only === undefined) return sha256(new Uint8Array());
  if (leaves.length === 1) return sha256(joined(Uint8Array.of(0), only));
  let half = 1;
  while (half * 2 < leaves.length) half *= 2;
  return sha256(joined(Uint8Array.of(1), naiveRoot(leaves.slice(0, half)), naiveRoot(leaves.slice(half))));
}

test('the root is that of RFC 6962 at every size, however the leaves come', async () => {
  const leaves = Array.from({ length: 70 }, (_, at) => sha256(Uint8Array.of(at)));
  for (let size = 0; size <= leaves.length; size += 1) {
    const wanted = hexOf(naiveRoot(leaves.slice(0, size)));
    const half = Math.floor(size / 3);
    const first = await grown(emptyTree, leaves.slice(0, half), sha256);
    const inTwo = await grown(first, leaves.slice(half, size), sha256);
    expect([size, hexOf(await rootOf(inTwo, sha256))]).toEqual([size, wanted]);
    expect(inTwo.size).toBe(size);
  }
});

test('the hash of the empty tree and of a known one are those of the RFC 6962 test vectors', async () => {
  expect(hexOf(await rootOf(emptyTree, sha256))).toBe(
    'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
  );
  const one = await grown(emptyTree, [new Uint8Array()], sha256);
  expect(hexOf(await rootOf(one, sha256))).toBe('6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d');
});
