import { expect, test } from 'vitest';
import { type Host, type HostKey, shownIn } from '#core/host.ts';
import { hostKeyRefusal, judgeHostKey, offersFor, readHostKey } from './host-key.ts';

const blob = Buffer.from('AAAAC3NzaC1lZDI1NTE5AAAAIHKj+sVa9WcD2DJUJaf43Kptc8xYuUQA4bOFj9vC8TAB', 'base64');
const shown = readHostKey(blob);
const other = `SHA256:${'A'.repeat(43)}`;
const host = (fields: Partial<Host>): Host => ({
  name: 'h1',
  address: '10.0.0.1',
  port: 22,
  user: 'root',
  key: 'default',
  via: null,
  hostKeys: [],
  acceptNew: false,
  cluster: null,
  ...fields,
});
const pin = (algorithm: string, fingerprint = other): HostKey => ({ algorithm, fingerprint });

test('the algorithm and the fingerprint are read from the key itself', () => {
  expect(shown.algorithm).toBe('ssh-ed25519');
  expect(shown.fingerprint).toMatch(/^SHA256:[A-Za-z0-9+/]{43}$/);
  expect(readHostKey(Buffer.alloc(0)).algorithm).toBe('');
});

test.each([
  ['nothing is pinned', host({}), 'unknown'],
  ['nothing is pinned and new keys are welcome', host({ acceptNew: true }), 'accepted'],
  ['the key is pinned', host({ hostKeys: [shown] }), 'pinned'],
  ['it is one of several', host({ hostKeys: [pin('ssh-rsa'), shown] }), 'pinned'],
  ['its fingerprint is pinned without an algorithm', host({ hostKeys: [pin('', shown.fingerprint)] }), 'pinned'],
  ['another key of its kind is pinned', host({ hostKeys: [pin('ssh-ed25519')] }), 'changed'],
  ['a key of another kind is pinned', host({ hostKeys: [pin('ssh-rsa')] }), 'changed'],
  ['another is pinned, and new keys are welcome', host({ hostKeys: [pin('ssh-rsa')], acceptNew: true }), 'changed'],
  ['the fingerprint is pinned for another kind', host({ hostKeys: [pin('ssh-rsa', shown.fingerprint)] }), 'changed'],
])('when %s', (_, known, verdict) => {
  expect(judgeHostKey(known, shown)).toBe(verdict);
});

test('the pinned kind of key is offered first, in one handshake', () => {
  expect(offersFor([]).map((offer) => offer[0])).toEqual(['ssh-ed25519']);
  const [offer, ...more] = offersFor([pin('ssh-rsa')]);
  expect(more).toEqual([]);
  expect(offer?.slice(0, 3)).toEqual(['rsa-sha2-512', 'rsa-sha2-256', 'ssh-ed25519']);
  expect(offersFor([pin('rsa-sha2-256')])[0]?.[0]).toBe('rsa-sha2-512');
});

test('a fingerprint of an unknown kind is looked for among all of them', () => {
  expect(offersFor([pin('unknown')]).map(([first]) => first)).toEqual([
    'ssh-ed25519',
    'ecdsa-sha2-nistp256',
    'ecdsa-sha2-nistp384',
    'ecdsa-sha2-nistp521',
    'rsa-sha2-512',
  ]);
});

test('SHA-1 signatures are never asked for', () => {
  expect([...offersFor([]), ...offersFor([pin('ssh-rsa')]), ...offersFor([pin('')])].flat()).not.toContain('ssh-rsa');
});

test('a refusal shows both fingerprints and what to do', () => {
  const changed = hostKeyRefusal(host({ hostKeys: [pin('ssh-ed25519')] }), shown, 'changed');
  expect(changed.code).toBe('host_key_changed');
  expect(changed.message).toContain(other);
  expect(changed.message).toContain(shown.fingerprint);
  expect(changed.next).toMatch(/by another way.*: flotilla host pin h1 --fingerprint SHA256:\S+$/);
  expect(shownIn(changed.message)).toBe(shown.fingerprint);
  const unknown = hostKeyRefusal(host({}), shown, 'unknown');
  expect(unknown.code).toBe('host_key_unknown');
  expect(unknown.next).toContain(`--fingerprint ${shown.fingerprint}`);
});
