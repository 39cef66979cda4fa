import { base64UrlOf, bytesOfBase64Url } from '../audit/base64.ts';
import { utf8 } from '../hmac.ts';
import { units } from '../length.ts';
import type { Sealer } from '../sealing.ts';
import type { Report } from './report.ts';

/*
 * `<public address>/reports/<id>/<until>.<signature>`: a browser that is sent no token reads one report, until a moment.
 * The signature is over both, under a key derived from the sealing key: nothing of it is kept.
 */

/** How long after the look itself the link to its report is good. */
export const linkDays = 7;

const about = 'report link';
const signedText = (id: string, until: number): string => `flotilla-report-link-1:${id}:${until}`;

/** The same for the same report, so that a message with it need not be sent anew. `publicUrl`: where people reach us. */
export async function reportLink(
  sealer: Pick<Sealer, 'sign'>,
  publicUrl: string,
  { id, startedAt }: Pick<Report, 'id' | 'startedAt'>,
): Promise<string> {
  const until = Math.floor(Date.parse(startedAt) / 1000) + linkDays * units.d;
  const signature = base64UrlOf(await sealer.sign(utf8(signedText(id, until)), about));
  return new URL(`/reports/${encodeURIComponent(id)}/${until}.${signature}`, publicUrl).href;
}

export type LinkState = 'good' | 'over' | 'wrong';

/** Whether the last part of a link was made by us for this report, and still is good. */
export async function linkState(
  sealer: Pick<Sealer, 'isSigned'>,
  { id, rest }: { id: string; rest: string },
  nowMs: number,
): Promise<LinkState> {
  const [, digits = '', text = ''] = /^(\d{1,12})\.([\w-]{43})$/.exec(rest) ?? [];
  const signature = bytesOfBase64Url(text);
  if (digits === '' || signature === null) return 'wrong';
  const until = Number(digits);
  if (!(await sealer.isSigned(utf8(signedText(id, until)), signature, about))) return 'wrong';
  return until * 1000 > nowMs ? 'good' : 'over';
}
