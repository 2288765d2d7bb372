/**
 * Case folding for comparisons that ignore case: lower case, and the two lower-case sigmas made one (JavaScript
 * chooses between them by position, which would make `contains` depend on what follows).
 */
export function fold(text: string): string {
  const lower = text.toLowerCase();
  return lower.includes('ς') ? lower.replaceAll('ς', 'σ') : lower;
}
