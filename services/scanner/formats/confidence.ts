/** Confidence of facts, 0 to 100. */
export const certain = 100;
/** True when it was seen, but may have changed since: a tag. */
export const likely = 60;
