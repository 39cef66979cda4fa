import { apiOf } from '#cli/api.ts';
import type { Session } from '#cli/session.ts';

export interface AuditKeyOptions {
  pem?: boolean;
  checkpoint?: boolean;
}

/** Prints the public key that signs the record, or the last checkpoint, to be kept elsewhere. */
export async function auditKey(session: Session, options: AuditKeyOptions): Promise<void> {
  const { client, ask } = apiOf(session);
  const key = await ask(client.v1.audit.key.$get());
  session.show(key, () => {
    if (options.checkpoint === true) return [(key.checkpoint ?? '').trimEnd()];
    return [(options.pem === true ? key.pem : key.verifier).trimEnd()];
  });
}
