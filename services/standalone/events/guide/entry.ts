/** What a person needs to know of one format. */
export interface GuideEntry {
  readonly tool: string;
  /** Versions and variants whose output was read in tests. */
  readonly seen: string;
  /** How its output gets to us; Markdown. */
  readonly ship: string;
  readonly mapped: string;
  readonly not_mapped: string;
}

export type Guide = Readonly<Record<string, GuideEntry>>;
