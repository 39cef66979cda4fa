import { createHash } from 'node:crypto';
import { AppError } from '#core/errors.ts';
import { type Host, type HostKey, keysCommand } from '#core/host.ts';

/** Signature algorithms for each kind of key, quickest first. SHA-1 (`ssh-rsa`) is never offered. */
const signatures: Readonly<Record<string, readonly string[]>> = {
  'ssh-ed25519': ['ssh-ed25519'],
  'ecdsa-sha2-nistp256': ['ecdsa-sha2-nistp256'],
  'ecdsa-sha2-nistp384': ['ecdsa-sha2-nistp384'],
  'ecdsa-sha2-nistp521': ['ecdsa-sha2-nistp521'],
  'ssh-rsa': ['rsa-sha2-512', 'rsa-sha2-256'],
};
const kinds = Object.keys(signatures);

/** The kind of key behind a pinned algorithm, or null when only the fingerprint was given. */
const kindOf = (algorithm: string): string | null => {
  if (algorithm.startsWith('rsa-sha2-')) return 'ssh-rsa';
  return kinds.includes(algorithm) ? algorithm : null;
};

/** Reads what a server showed (RFC 4253 §6.6: the first string of the blob names the algorithm). */
export function readHostKey(blob: Buffer): HostKey {
  const length = blob.length >= 4 ? blob.readUInt32BE(0) : 0;
  const digest = createHash('sha256').update(blob).digest('base64').replace(/=+$/, '');
  return { algorithm: blob.toString('latin1', 4, 4 + length), fingerprint: `SHA256:${digest}` };
}

/**
 * The offers to make, one handshake each until the pinned key is met. Nearly always one: pinned algorithms first.
 * A pin without an algorithm (a fingerprint typed by hand) may belong to any of the host's keys.
 */
export function offersFor(pinned: readonly HostKey[]): readonly (readonly string[])[] {
  const pinnedKinds = pinned.map(({ algorithm }) => kindOf(algorithm)).filter((kind) => kind !== null);
  const signaturesOf = (order: string[]): string[] => order.flatMap((kind) => signatures[kind] ?? []);
  if (pinned.length === 0 || pinnedKinds.length === pinned.length) {
    return [signaturesOf([...new Set([...pinnedKinds, ...kinds])])];
  }
  return [...new Set([...pinnedKinds, ...kinds])].map((kind) => signaturesOf([kind]));
}

export type HostKeyVerdict = 'pinned' | 'accepted' | 'unknown' | 'changed';

/** A host with any pin must show a pinned key; `acceptNew` counts only where nothing is pinned yet. */
export function judgeHostKey(host: Host, shown: HostKey): HostKeyVerdict {
  if (host.hostKeys.length === 0) return host.acceptNew ? 'accepted' : 'unknown';
  const matches = host.hostKeys.some(
    (pin) => pin.fingerprint === shown.fingerprint && (kindOf(pin.algorithm) ?? shown.algorithm) === shown.algorithm,
  );
  return matches ? 'pinned' : 'changed';
}

/** The refusal for a key that is not to be trusted. */
export function hostKeyRefusal(host: Host, shown: HostKey, verdict: 'unknown' | 'changed'): AppError {
  const at = `${host.name} (${host.address}:${host.port})`;
  const done = 'The connection was closed before logging in; nothing was sent.';
  if (verdict === 'unknown') {
    const message = `${at} is not known yet. It shows the ${shown.algorithm} key ${shown.fingerprint}.`;
    const next =
      `Compare it with what \`${keysCommand}\` prints on the host, then pin it: ` +
      `flotilla host add … --fingerprint ${shown.fingerprint} (or --accept-new to trust the first contact).`;
    return new AppError('host_key_unknown', message, { host: host.name, done, next });
  }
  const pins = host.hostKeys.map((pin) => `${pin.algorithm} ${pin.fingerprint}`.trim()).join(', ');
  const message = `${at} shows another key than the pinned one. Pinned: ${pins}. Shown: ${shown.algorithm} ${shown.fingerprint}.`;
  const next =
    'Somebody may be in between. If its key was replaced, read the new one by another way, on the console of the host ' +
    `(\`${keysCommand}\`); only if it is the one shown: ` +
    `flotilla host pin ${host.name} --fingerprint ${shown.fingerprint}`;
  return new AppError('host_key_changed', message, { host: host.name, done, next });
}
