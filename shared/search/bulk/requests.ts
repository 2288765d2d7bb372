import type { Item } from './item.ts';

/** Documents that are sent, or sent again, together. */
export interface Request {
  readonly items: readonly Item[];
  /** How often they were sent in vain. */
  readonly attempt: number;
  readonly due_ms: number;
}

/** Requests that wait to be sent again. Few: each holds documents that a caller waits for. */
export class WaitingRequests {
  #requests: Request[] = [];

  /** When the first of them is due; undefined when there is none. */
  get due_ms(): number | undefined {
    return this.#requests[0]?.due_ms;
  }

  get documents(): number {
    return this.#requests.reduce((total, request) => total + request.items.length, 0);
  }

  add(request: Request): void {
    if (request.items.length === 0) return;
    this.#requests.push(request);
    this.#requests.sort((a, b) => a.due_ms - b.due_ms);
  }

  /** The first one that is due, if any. */
  take(now_ms: number): Request | undefined {
    const [first] = this.#requests;
    if (first === undefined || first.due_ms > now_ms) return undefined;
    this.#requests.shift();
    return first;
  }
}

/** Two requests out of one, due at once. */
export function halves(request: Request, now_ms: number): readonly [Request, Request] {
  const middle = Math.ceil(request.items.length / 2);
  return [
    { ...request, items: request.items.slice(0, middle), due_ms: now_ms },
    { ...request, items: request.items.slice(middle), due_ms: now_ms },
  ];
}
