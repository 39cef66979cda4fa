const collator = new Intl.Collator('en', { numeric: true });

/** The order in which people look for names, for `toSorted`: h2 before h10. */
export const naturally = (a: string, b: string): number => collator.compare(a, b) || (a < b ? -1 : Number(a > b));
