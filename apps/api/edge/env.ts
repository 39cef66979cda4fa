import type { logSettings } from '#core/log.ts';
import type { slackTable } from '../slack/settings.ts';
import type { retentionTable } from '../retention.ts';

/** The bindings of wrangler.toml, and the secrets that `wrangler secret put` gives; all of them are texts. */
export interface Env extends Partial<
  Record<keyof typeof slackTable | keyof typeof logSettings | keyof typeof retentionTable, string>
> {
  DB: D1Database;
  WRITER: DurableObjectNamespace;
  /** 32 bytes in base64, such as `openssl rand -base64 32` gives: seals the secrets of webhooks. */
  SEALING_KEY?: string;
  /** The ed25519 key that signs the record, in PKCS #8, as `openssl genpkey -algorithm ed25519` writes it. */
  AUDIT_KEY?: string;
  /** An https address to which each checkpoint is sent as well. */
  FLOTILLA_AUDIT_PUSH?: string;
  /** The first administrator's token, and whose it is. */
  FLOTILLA_ADMIN_TOKEN?: string;
  FLOTILLA_ADMIN_NAME?: string;
  /** The token of the first worker; more are made with `flotilla token create --worker`. */
  FLOTILLA_WORKER_TOKEN?: string;
}
