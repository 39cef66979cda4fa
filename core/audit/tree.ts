import { joined } from './base64.ts';

/** SHA-256 of bytes; WebCrypto does not do it at once. */
export type HashBytes = (bytes: Uint8Array<ArrayBuffer>) => Uint8Array | Promise<Uint8Array>;

/**
 * The Merkle tree of RFC 6962 over the hashes of the events, as far as it is needed to go on: the roots of its complete
 * subtrees, the largest first. Leaf n (from 0) is the event with sequence n + 1; its data are the 32 bytes of its hash.
 */
export interface Tree {
  size: number;
  peaks: readonly Uint8Array[];
}

export const emptyTree: Tree = { size: 0, peaks: [] };

const leafTag = Uint8Array.of(0);
const nodeTag = Uint8Array.of(1);

/** The tree with more leaves behind it. */
export async function grown(tree: Tree, leaves: Iterable<Uint8Array>, hash: HashBytes): Promise<Tree> {
  const peaks = [...tree.peaks];
  let { size } = tree;
  for (const leaf of leaves) {
    let hashed = hash(joined(leafTag, leaf));
    // Waiting for what is there costs more than the hash.
    let node = hashed instanceof Uint8Array ? hashed : await hashed;
    for (let rest = size; rest % 2 === 1; rest = Math.floor(rest / 2)) {
      hashed = hash(joined(nodeTag, peaks.pop() ?? node, node));
      node = hashed instanceof Uint8Array ? hashed : await hashed;
    }
    peaks.push(node);
    size += 1;
  }
  return { size, peaks };
}

/** RFC 6962 §2.1: the root hash; of an empty tree the hash of nothing. */
export async function rootOf({ peaks }: Tree, hash: HashBytes): Promise<Uint8Array> {
  const [last, ...larger] = peaks.toReversed();
  if (last === undefined) return await hash(new Uint8Array());
  let root = last;
  for (const left of larger) root = await hash(joined(nodeTag, left, root));
  return root;
}
