const redraw_interval_ms = 100;
const line_interval_ms = 5000;
const bar_width = 30;

/** Shows how far long work is: a bar that redraws on a terminal, a line every few seconds elsewhere. Writes to stderr. */
export class Progress {
  readonly #label: string;
  readonly #terminal: boolean;
  readonly #started_ms = Date.now();
  #shown_ms: number;

  constructor(label: string, terminal: boolean = process.stderr.isTTY) {
    this.#label = label;
    this.#terminal = terminal;
    this.#shown_ms = terminal ? 0 : Date.now();
  }

  /** `share` of the whole that is done, 0 to 1; undefined while the whole is unknown. */
  show(records: number, share: number | undefined, note = ''): void {
    const now_ms = Date.now();
    const interval_ms = this.#terminal ? redraw_interval_ms : line_interval_ms;
    if (now_ms - this.#shown_ms < interval_ms) return;
    this.#shown_ms = now_ms;
    const rate = Math.round(records / Math.max(0.001, (now_ms - this.#started_ms) / 1000));
    const counts = `${records.toLocaleString('en')} records (${rate.toLocaleString('en')}/s)`;
    const text = [this.#label, bar(share), counts, note].filter((part) => part !== '').join(' ');
    process.stderr.write(this.#terminal ? `\r\u001b[K${text}` : `${text}\n`);
  }

  /** Removes the bar. */
  clear(): void {
    if (this.#terminal) process.stderr.write('\r\u001b[K');
  }
}

function bar(share: number | undefined): string {
  if (share === undefined) return '';
  const filled = Math.round(share * bar_width);
  return `[${'#'.repeat(filled)}${'.'.repeat(bar_width - filled)}] ${Math.floor(share * 100)}%`;
}
