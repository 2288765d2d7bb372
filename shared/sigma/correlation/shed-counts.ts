import type { Shed } from './port.ts';

/** How many signals a rule left out, by the reason. */
export class ShedCounts {
  readonly #signals = new Map<Shed['reason'], number>();

  add(reason: Shed['reason'], signals: number): void {
    this.#signals.set(reason, (this.#signals.get(reason) ?? 0) + signals);
  }

  /** What was left out since the last call. */
  take(rule_id: string): readonly Shed[] {
    if (this.#signals.size === 0) return [];
    const shed = [...this.#signals].map(([reason, signals]) => ({ rule_id, reason, signals }));
    this.#signals.clear();
    return shed;
  }
}
