/** What came back for one bulk request. */
export type BulkReply =
  | {
      readonly kind: 'answered';
      readonly status: number;
      /** The parsed body, or its text when it is not JSON. */
      readonly body: unknown;
      readonly retry_after_ms?: number | undefined;
    }
  /** No usable answer: refused, reset, timed out, cut short. What the server did is unknown. */
  | { readonly kind: 'unanswered'; readonly reason: string; readonly detail: string }
  /** Something answered, but not the search engine that was configured. */
  | { readonly kind: 'foreign'; readonly detail: string };

/** What the server says of one document. */
export interface ItemReply {
  readonly status: number;
  readonly type: string | undefined;
  readonly reason: string | undefined;
  /** `used`: accepted, but into the failure store, where no search looks. */
  readonly failure_store: string | undefined;
}

/** Longest text of the server that is kept, in characters. */
export const detail_chars_max = 300;

const accepted: ItemReply = {
  status: 201,
  type: undefined,
  reason: undefined,
  failure_store: undefined,
};

/** The items of a bulk answer in order; undefined when the body is not one. */
export function readItems(body: unknown): readonly ItemReply[] | undefined {
  if (!isRecord(body) || !Array.isArray(body['items'])) return undefined;
  const items: ItemReply[] = [];
  for (const wrapped of body['items']) {
    const item = readItem(wrapped);
    if (item === undefined) return undefined;
    items.push(item);
  }
  return items;
}

/** `{"create": {…}}`: one key, whatever the action. */
function readItem(wrapped: unknown): ItemReply | undefined {
  if (!isRecord(wrapped)) return undefined;
  for (const action in wrapped) {
    const item = wrapped[action];
    if (!isRecord(item) || typeof item['status'] !== 'number') return undefined;
    if (item['status'] === accepted.status && item['failure_store'] === undefined) return accepted;
    return {
      status: item['status'],
      ...readError(item['error']),
      failure_store: text(item['failure_store']),
    };
  }
  return undefined;
}

/** The type and the words of an error, of an item or of a whole answer. */
export function readError(error: unknown): { type: string | undefined; reason: string | undefined } {
  if (!isRecord(error)) return { type: undefined, reason: text(error) };
  return { type: text(error['type']), reason: text(error['reason']) };
}

export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' ? value.slice(0, detail_chars_max) : undefined;
}
