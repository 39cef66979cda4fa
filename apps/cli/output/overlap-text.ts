import { moment } from '#core/moments.ts';

/** Until when the secret or key before the new one, which is the last, stays good: two are live at most. */
export function overlapText(what: string, live: readonly { expiresAt: string | null }[]): string {
  const old = live.at(-2)?.expiresAt ?? null;
  return old === null
    ? `The ${what} before it is over.`
    : `The ${what} before it stays good until ${moment(old)}; older ones are over.`;
}
