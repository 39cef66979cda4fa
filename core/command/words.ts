/** One word of a command line. */
export interface Word {
  text: string;
  /** Where it starts in the line: what follows can be taken as it stands. */
  at: number;
  /** True when some of it stood in quotes: then it is never a flag and never a connective. */
  quoted: boolean;
}

/** The words of a line; quotes of either kind hold spaces. Undefined when a quote is not closed. */
export function wordsOf(line: string): Word[] | undefined {
  const words: Word[] = [];
  let word: Word | undefined;
  let quote = '';
  for (let at = 0; at < line.length; at += 1) {
    const character = line.charAt(at);
    if (quote === '' && character === ' ') {
      word = undefined;
      continue;
    }
    if (word === undefined) words.push((word = { text: '', at, quoted: false }));
    if (character === quote) quote = '';
    else if (quote === '' && isQuote(character, word.text)) {
      quote = character;
      word.quoted = true;
    } else word.text += character;
  }
  return quote === '' ? words : undefined;
}

/** An apostrophe inside a word is one: `don't`. */
const isQuote = (character: string, before: string): boolean =>
  character === '"' || (character === "'" && (before === '' || before.endsWith('=') || before.endsWith(':')));
