const redraw_interval_ms = 100;
const line_interval_ms = 5000;
const bar_width = 30;

/** Shows how far long work is: a bar that redraws on a terminal, a line every few seconds elsewhere. Writes to stderr. */
export class Progress {
  readonly #label: string;
  readonly #terminal: boolean;
  readonly #started_ms = Date.now();
  #shown_ms = 0;

  constructor(label: string, terminal: boolean = process.stderr.isTTY) {
    this.#label = label;
    this.#terminal = terminal;
    if (!terminal) this.#shown_ms = Date.now();
  }

  /** `total` is 0 while unknown. */
  show(done: number, total: number, note = ''): void {
    const now_ms = Date.now();
    const interval_ms = this.#terminal ? redraw_interval_ms : line_interval_ms;
    if (now_ms - this.#shown_ms < interval_ms) return;
    this.#shown_ms = now_ms;
    const rate = Math.round(done / Math.max(0.001, (now_ms - this.#started_ms) / 1000));
    const text = `${this.#label} ${bar(done, total)} ${done.toLocaleString('en')} (${rate.toLocaleString('en')}/s) ${note}`;
    process.stderr.write(this.#terminal ? `\r\u001b[K${text}` : `${text}\n`);
  }

  /** Removes the bar. */
  clear(): void {
    if (this.#terminal) process.stderr.write('\r\u001b[K');
  }
}

function bar(done: number, total: number): string {
  if (total <= 0) return '';
  const filled = Math.min(bar_width, Math.round((done / total) * bar_width));
  return `[${'#'.repeat(filled)}${'.'.repeat(bar_width - filled)}] ${Math.floor((done / total) * 100)}%`;
}
