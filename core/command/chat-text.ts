/* What chat clients make of a typed command line, undone: the parser sees what the person meant to type. */

const quotes: readonly [RegExp, string][] = [
  [/[\u2018\u2019\u201A\u201B\u2032]/g, "'"],
  [/[\u201C\u201D\u201E\u201F\u2033\u00AB\u00BB]/g, '"'],
];

/** Controls that turn the direction of text or hide in it: a name that carries one is not what it looks like. */
const invisible = /[\u200B-\u200F\u202A-\u202E\u2060-\u2069\uFEFF\u00AD]/g;
const spaces = /[\u00A0\u1680\u2000-\u200A\u202F\u205F\u3000\t\r\n]+/g;
/** A long dash at the start of a word was two hyphens. */
const longDash = /(^|\s)[\u2013\u2014\u2015](?=[A-Za-z])/g;

/**
 * A command as it was meant: plain quotes, hyphens and spaces, links as their text, mentions as `@U0123`, `#C0123`.
 * Slack escapes `&`, `<` and `>` only; `should_escape` turns users and channels into ids.
 */
export function fromChat(text: string): string {
  const plain = quotes.reduce((soFar, [pattern, to]) => soFar.replace(pattern, to), text.normalize('NFC'));
  return plain
    .replace(invisible, '')
    .replace(spaces, ' ')
    .replace(longDash, '$1--')
    .replace(/<([^<>]*)>/g, (_, inner: string) => fromBrackets(inner))
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&amp;', '&')
    .trim();
}

/** `https://x|x`, `@U1|ann`, `#C1|ops`, `!channel`, `mailto:a@b|a@b`: what stood in angle brackets. */
function fromBrackets(inner: string): string {
  const [target = '', label] = inner.split('|', 2);
  if (target.startsWith('@') || target.startsWith('#')) return target;
  // `<!here>` and its like would call people when echoed: they stand for nothing in a command.
  if (target.startsWith('!')) return '';
  return label === undefined || label === '' ? target.replace(/^mailto:/, '') : label;
}
