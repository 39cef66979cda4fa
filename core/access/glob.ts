/** A name with `*` for any run of characters, such as `staging-*`; `*` alone is every cluster. */
export const patternForm = /^[a-z0-9*][a-z0-9*_.-]{0,62}$/;

/**
 * Whether one of the patterns covers a cluster. What belongs to no cluster (null) is covered by `*` alone: a right to
 * some clusters is no right to the whole.
 */
export const covers = (patterns: readonly string[], cluster: string | null): boolean =>
  patterns.some((pattern) => pattern === '*' || (cluster !== null && matches(pattern, cluster)));

/** Whether a text fits a pattern with `*`. */
export function matches(pattern: string, text: string): boolean {
  const [first = '', ...rest] = pattern.split('*');
  const last = rest.pop();
  if (last === undefined) return pattern === text;
  if (!text.startsWith(first) || !text.slice(first.length).endsWith(last)) return false;
  let at = first.length;
  for (const part of rest) {
    const found = text.indexOf(part, at);
    if (found === -1) return false;
    at = found + part.length;
  }
  return at <= text.length - last.length;
}
