import type { AuditEvent } from '../audit.ts';
import { canonical } from '../canonical.ts';

/**
 * The chain of audit events. The hash of an event is SHA-256, in hex, over three lines of UTF-8:
 *   flotilla.audit.v1 ⏎ hash of the event before it (64 zeros for the first) ⏎ RFC 8785 JSON of the event
 * where the JSON has every field of the event but `previousHash` and `hash`. Nothing else is needed to check an export.
 */
const domainTag = 'flotilla.audit.v1';

/** Where a chain stands: the last event's number and hash. */
export interface ChainHead {
  sequence: number;
  hash: string;
}

/** The head of a chain without events. */
export const genesis: ChainHead = { sequence: 0, hash: '0'.repeat(64) };

/** One event as the chain sees it. `content` is the RFC 8785 JSON of the event without `previousHash` and `hash`. */
export interface ChainLink {
  sequence: number;
  content: string;
  previousHash: string;
  hash: string;
}

/** SHA-256 of a text's UTF-8, in lower-case hex. */
export type Sha256 = (text: string) => string | Promise<string>;

/** The text whose SHA-256 is the hash of an event. */
export const preimage = (previousHash: string, content: string): string => `${domainTag}\n${previousHash}\n${content}`;

/** The hash that each link should have, in their order; at once where SHA-256 is. */
export function hashesOf(links: readonly ChainLink[], sha256: Sha256): string[] | Promise<string[]> {
  const hashes: string[] = [];
  const later: Promise<string>[] = [];
  for (const { previousHash, content } of links) {
    const hash = sha256(preimage(previousHash, content));
    if (typeof hash === 'string') hashes.push(hash);
    else later.push(hash);
  }
  return later.length === 0 ? hashes : Promise.all(later);
}

/** The link of an event from an export or an answer of the API. */
export function linkOf(event: AuditEvent): ChainLink {
  const { previousHash, hash, ...rest } = event;
  return { sequence: event.sequence, content: canonical(rest), previousHash, hash };
}

export interface ChainCheck {
  ok: boolean;
  /** Events that were found whole, up to the first that is not. */
  events: number;
  /** The last event that was found whole. */
  head: ChainHead;
  /** The first sequence number that does not fit. */
  broken: ({ sequence: number } & LinkFault) | null;
}

export interface LinkFault {
  kind: 'edited' | 'gap' | 'reorder';
  reason: string;
}

/**
 * Follows a chain from `after` (default: its beginning) and stops at the first event that does not fit.
 * A cut tail cannot be seen from the events alone: compare `head` with one that was kept elsewhere.
 */
export async function verifyChain(
  links: AsyncIterable<ChainLink> | Iterable<ChainLink>,
  sha256: Sha256,
  after: ChainHead = genesis,
): Promise<ChainCheck> {
  let head = after;
  let events = 0;
  for await (const link of links) {
    const hashed = sha256(preimage(link.previousHash, link.content));
    const broken = linkFault(head, link, typeof hashed === 'string' ? hashed : await hashed);
    if (broken !== null) return { ok: false, events, head, broken: { sequence: link.sequence, ...broken } };
    head = { sequence: link.sequence, hash: link.hash };
    events++;
  }
  return { ok: true, events, head, broken: null };
}

/** Why a link does not follow a head; `hash` is that of its preimage. Null when it does. */
export function linkFault(head: ChainHead, link: ChainLink, hash: string): LinkFault | null {
  const expected = head.sequence + 1;
  if (link.sequence > expected) {
    const missing = link.sequence - expected;
    return {
      kind: 'gap',
      reason: `${missing} event${missing === 1 ? ' is' : 's are'} missing before it, from ${expected} on.`,
    };
  }
  if (link.sequence < expected) {
    return { kind: 'reorder', reason: `It comes after event ${head.sequence}; here event ${expected} belongs.` };
  }
  if (link.hash !== hash) {
    return { kind: 'edited', reason: 'Its content does not have the hash that is recorded with it.' };
  }
  if (link.previousHash !== head.hash) {
    return {
      kind: 'edited',
      reason: `It does not follow event ${head.sequence} as that is now: one of the two was rewritten.`,
    };
  }
  return null;
}
