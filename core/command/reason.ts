import type { Word } from './words.ts';

/**
 * The reason is what follows a colon that ends a word or stands alone: `lock prod for 2h : moving the database`.
 * Colons inside a word belong to it: `8080:80`, `nginx:1.27`, `net:web`.
 */
export function splitReason(words: readonly Word[], line: string): { before: Word[]; reason: string | null } {
  const at = words.findIndex((word) => !word.quoted && word.text.endsWith(':'));
  const colon = words[at];
  if (colon === undefined) return { before: [...words], reason: null };
  const stem = colon.text.slice(0, -1);
  const before = [...words.slice(0, at), ...(stem === '' ? [] : [{ ...colon, text: stem }])];
  const reason = line.slice(colon.at + colon.text.length).trim();
  return { before, reason: reason === '' ? null : unquoted(reason) };
}

const unquoted = (text: string): string => /^"([^"]*)"$/.exec(text)?.[1] ?? text;
