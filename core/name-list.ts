/** More names than that are counted: a sentence with two hundred hosts is read by nobody. */
const namesMax = 8;

/** Names for a sentence: `h1, h2`; of many the first ones, and how many more there are. */
export function nameList(names: readonly string[]): string {
  if (names.length <= namesMax) return names.join(', ');
  const shown = names.slice(0, namesMax - 2);
  return `${shown.join(', ')} and ${names.length - shown.length} more`;
}
