import type { Checkpoint } from '../verify/checkpoint.ts';
import { parseLeafView } from './leaf-view.ts';

/** Heads of other logs, as the anchor log has them. */
export class AnchoredHeads {
  /** By log, then by size. */
  readonly #heads = new Map<string, Map<number, Buffer>>();

  /** An entry of the anchor log. */
  note(entry: Buffer): void {
    const leaf = parseLeafView(entry.toString());
    const { log, size, root } = leaf?.facts ?? {};
    if (leaf?.type !== 'anchor.head' || log === undefined || size === undefined || root === undefined) return;
    const heads = this.#heads.get(log) ?? new Map<number, Buffer>();
    this.#heads.set(log, heads);
    // The first head of a size binds: a later one with another root is what must be found.
    if (!heads.has(Number(size))) heads.set(Number(size), Buffer.from(root, 'hex'));
  }

  /** The heads of a log, as checkpoints that it must have grown from. */
  of(log: string, origin: string): Checkpoint[] {
    return [...(this.#heads.get(log) ?? [])].map(([size, root]) => ({ origin, size, root }));
  }
}
