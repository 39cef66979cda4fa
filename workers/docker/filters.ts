/** Docker's filters: each key with the values of which one must fit. */
export type Filters = Readonly<Record<string, readonly string[]>>;

/** As the query parameter `filters` wants them; nothing to filter gives undefined. */
export const filtersQuery = (filters: Filters | undefined): string | undefined =>
  filters === undefined || Object.keys(filters).length === 0 ? undefined : JSON.stringify(filters);
