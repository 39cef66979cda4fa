/** Most items that one page of the API holds. */
const pageMax = 200;

interface PageQuery {
  limit: string;
  cursor?: string;
}

/** The first items of a list of the API, page after page, until there are as many as wanted or no more. */
export async function pages<Item>(
  wanted: number,
  read: (query: PageQuery) => Promise<{ items: Item[]; next: string | null }>,
): Promise<{ items: Item[]; isAll: boolean }> {
  const items: Item[] = [];
  let cursor: string | null = null;
  do {
    const limit = String(Math.min(pageMax, wanted - items.length));
    const page = await read(cursor === null ? { limit } : { limit, cursor });
    items.push(...page.items);
    cursor = page.next;
  } while (cursor !== null && items.length < wanted);
  return { items, isAll: cursor === null };
}
