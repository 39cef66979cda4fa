/** `2026-10-04 08:15:30Z`: a point in time for people who read text; it sorts, and says which clock it is. */
export const moment = (iso: string): string => iso.replace('T', ' ').replace(/\.\d+Z$/, 'Z');

const moments = /\b\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:\.\d+)?)?Z/g;

/**
 * A sentence of ours with its moments, which are ISO 8601 in UTC, as its reader is to see them. What stands between
 * backquotes is to be typed, and stays.
 */
export const withMoments = (text: string, show: (iso: string) => string = moment): string =>
  text
    .split(/(`[^`]*`)/)
    .map((part) => (part.startsWith('`') ? part : part.replace(moments, (iso) => show(iso))))
    .join('');
