/** What came of judging an event, or several signals, again. */
export interface Replay {
  readonly verdict: 'follows' | 'does not follow' | 'cannot be told';
  readonly why: string;
}

/** The part of a leaf that a judgement needs. */
export interface JudgedLeaf {
  readonly type: string;
  readonly tenant: string;
  readonly facts: Readonly<Record<string, string>>;
}

export function unknown(why: string): Replay {
  return { verdict: 'cannot be told', why };
}
