import { describe, expect, test } from 'vitest';
import type { AuditDraft, AuditEvent } from '#core/audit.ts';
import { cellsOf, contentOf, linkOfRow, placed } from './audit-row.ts';
import { type ChainHead, genesis, linkOf, preimage, verifyChain } from '#core/audit/chain.ts';
import { sha256 } from './sha256-node.ts';
import { sha256 as webSha256 } from './sha256-web.ts';

const draft: AuditDraft = {
  action: 'operation.requested',
  actor: { kind: 'person', person: 'per_1', name: 'Zoë "Z" \\ \u2028', via: 'token:t1' },
  source: 'cli',
  outcome: 'intent',
  cluster: 'demo',
  target: { kind: 'operation', id: 'op_1' },
  operation: 'op_1',
  reason: 'because\n\u0000\u001f é \u{1f600}',
  details: { z: 1e21, a: [-0, 0.1, null, { b: true, A: '' }], '10': 1, '9': 2 },
};
const at = '2026-11-24T00:00:00.000Z';

/** The events that a store would make of drafts, without one. */
function sealed(drafts: AuditDraft[]): AuditEvent[] {
  let head: ChainHead = genesis;
  return drafts.map((each) => {
    const event = placed(cellsOf(each), at, head);
    head = { sequence: event.sequence, hash: sha256(preimage(head.hash, contentOf(event))) };
    return { ...each, at, sequence: event.sequence, previousHash: event.previousHash, hash: head.hash };
  });
}

const four = sealed([draft, { ...draft, target: null }, { ...draft, cluster: null, operation: null }, draft]);
const check = (events: AuditEvent[], after?: ChainHead) =>
  verifyChain(
    events.map((event) => linkOf(event)),
    sha256,
    after,
  );

describe('the text that is hashed', () => {
  test('is written down here, so that nobody changes it unseen', () => {
    const [event] = sealed([{ ...draft, reason: null, details: {} }]);
    expect(event && preimage(event.previousHash, linkOf(event).content)).toBe(
      `flotilla.audit.v1\n${'0'.repeat(64)}\n` +
        String.raw`{"action":"operation.requested","actor":{"kind":"person","name":"Zoë \"Z\" \\ ` +
        '\u2028' +
        `","person":"per_1","via":"token:t1"},"at":"${at}","cluster":"demo","details":{},"operation":"op_1",` +
        `"outcome":"intent","reason":null,"sequence":1,"source":"cli","target":{"id":"op_1","kind":"operation"}}`,
    );
  });

  test('is the same from the columns, from a row, and by RFC 8785 from the event', () => {
    for (const each of [draft, { ...draft, target: null, cluster: null, operation: null, reason: null }]) {
      const cells = cellsOf(each);
      const event = placed(cells, at, genesis);
      const row = [1, at, each.action, cells.actor, each.source, each.outcome, each.cluster];
      row.push(cells.targetKind, cells.targetId, each.operation, each.reason, cells.details, genesis.hash, 'hash');
      const link = linkOf({ ...each, at, sequence: 1, previousHash: genesis.hash, hash: 'hash' });
      expect(link.content).toBe(contentOf(event));
      expect(linkOfRow(row)).toEqual(link);
    }
  });

  test('has one hash, by node:crypto and by WebCrypto', async () => {
    expect(sha256('')).toBe('e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855');
    expect(await webSha256('é\u0000\u{1f600}')).toBe(sha256('é\u0000\u{1f600}'));
  });
});

describe('verifying an export', () => {
  test('of whole events finds them whole', async () => {
    expect(await check(four)).toEqual({
      ok: true,
      events: 4,
      head: { sequence: 4, hash: four[3]?.hash },
      broken: null,
    });
    expect(await check([])).toEqual({ ok: true, events: 0, head: genesis, broken: null });
  });

  test('takes an asynchronous source and an asynchronous hash', async () => {
    async function* source() {
      for (const event of four) yield await Promise.resolve(linkOf(event));
    }
    expect(await verifyChain(source(), webSha256)).toMatchObject({ ok: true, events: 4 });
  });

  test('goes on from a head that was kept', async () => {
    const head = { sequence: 2, hash: four[1]?.hash ?? '' };
    expect(await check(four.slice(2), head)).toMatchObject({ ok: true, events: 2 });
    expect(await check(four.slice(2), { ...head, hash: genesis.hash })).toMatchObject({ broken: { sequence: 3 } });
  });

  test('finds lines that changed places, a line twice, a line that is missing', async () => {
    const [one, two, three, last] = four;
    if (!one || !two || !three || !last) throw new Error('unreachable');
    expect(await check([one, three, two, last])).toMatchObject({ events: 1, broken: { sequence: 3, kind: 'gap' } });
    expect(await check([one, two, two, three])).toMatchObject({ events: 2, broken: { sequence: 2, kind: 'reorder' } });
    expect(await check([one, two, last])).toMatchObject({ events: 2, broken: { sequence: 4, kind: 'gap' } });
  });

  test('finds an event that was edited and hashed anew, at the one that follows', async () => {
    const forged = sealed([draft, { ...draft, target: null, reason: 'another' }])[1];
    const [one, , three] = four;
    if (!one || !forged || !three) throw new Error('unreachable');
    const found = await check([one, forged, three]);
    expect(found).toMatchObject({ events: 2, broken: { sequence: 3, kind: 'edited' } });
    expect(found.broken?.reason).toContain('one of the two was rewritten');
  });
});
