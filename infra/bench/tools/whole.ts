/** A whole number from `least` on, as an argument says it. Throws a TypeError with the code `usage`. */
export function wholeFrom(text: string, least: number): number {
  const value = Number(text);
  if (Number.isInteger(value) && value >= least) return value;
  throw Object.assign(new TypeError(`"${text}" is not a whole number from ${least} on`), { code: 'usage' });
}
