/** The page of a list that is held in memory; `after` is the key of the last item of the page before. */
export function pageOf<Item>(
  items: readonly Item[],
  keyOf: (item: Item) => string,
  limit: number,
  after: string | undefined,
): { items: Item[]; next?: string } {
  const start = after === undefined ? 0 : items.findIndex((item) => keyOf(item) === after) + 1;
  const page = items.slice(start, start + limit);
  const last = page.at(-1);
  return start + limit < items.length && last !== undefined
    ? { items: page, next: keyOf(last) }
    : { items: page };
}
