import { hash } from 'node:crypto';
import { canonicalJson } from '../evidence/canonical-json.ts';

/** The line that says who has a bundle now; it names the line before by its hash. `text` is the chain so far. */
export function nextCustodyLine(text: string, time: string, holder: string, action: string): string {
  const lines = text.split('\n').slice(0, -1);
  const previous = hash('sha256', lines.at(-1) ?? '');
  return `${canonicalJson({ sequence: lines.length, time, holder, action, previous })}\n`;
}
