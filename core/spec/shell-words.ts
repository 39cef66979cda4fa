/**
 * A command as text in its words, as Compose takes it apart: at blanks, with quotes and backslashes as a shell has them.
 * Nothing else of a shell is done, no variables and no `&&`. Undefined where a quote is not closed.
 */
export function shellWords(text: string): string[] | undefined {
  const words: string[] = [];
  let word: string | null = null;
  let quote: string | null = null;
  for (let at = 0; at < text.length; at += 1) {
    const letter = text.charAt(at);
    const next = text.charAt(at + 1);
    if (letter === quote) quote = null;
    else if (letter === '\\' && escapes(quote, next)) {
      word = (word ?? '') + next;
      at += 1;
    } else if (quote !== null) word = (word ?? '') + letter;
    else if (letter === '"' || letter === "'") {
      quote = letter;
      word ??= '';
    } else if (/\s/u.test(letter)) {
      if (word !== null) words.push(word);
      word = null;
    } else word = (word ?? '') + letter;
  }
  if (quote !== null) return undefined;
  return word === null ? words : [...words, word];
}

/** Whether a backslash takes away what the next letter means. */
function escapes(quote: string | null, next: string): boolean {
  if (quote === "'" || next === '') return false;
  return quote === null || '"\\$`'.includes(next);
}
