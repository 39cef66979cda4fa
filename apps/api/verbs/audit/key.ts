import { base64Of, joined } from '#core/audit/base64.ts';
import { verifierText } from '#core/audit/signed-note.ts';
import { AppError } from '#core/errors.ts';
import { authorise } from '../../access.ts';
import type { Call } from '../../http/env.ts';

/** What stands before the 32 bytes of an ed25519 key in its SubjectPublicKeyInfo (RFC 8410). */
const spkiStart = Uint8Array.from([0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00]);

/** The public key that signs the record, and the last checkpoint. @throws AppError `not_found` where nothing signs */
export async function auditKey({
  ctx,
}: Call<object>): Promise<{ verifier: string; pem: string; checkpoint: string | null }> {
  await authorise(ctx, 'audit.read');
  const { record } = ctx.deps;
  if (record === null) {
    throw new AppError('not_found', 'Nothing signs the record here', {
      next: 'Compare the head of an export with one that you kept.',
    });
  }
  const encoded = base64Of(joined(spkiStart, record.verifier.key));
  return {
    verifier: verifierText(record.verifier),
    pem: `-----BEGIN PUBLIC KEY-----\n${encoded}\n-----END PUBLIC KEY-----\n`,
    checkpoint: (await record.notes()).at(-1) ?? null,
  };
}
