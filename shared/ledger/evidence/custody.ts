import { hash } from 'node:crypto';
import { Malformed } from '../verify/malformed.ts';

/**
 * The chain of custody of a bundle: who had it, when. Each line names the SHA-256 of the line before, the first one that
 * of the manifest; lines are added after the manifest was signed, by whoever hands the bundle on.
 * @throws Malformed when a line was changed, left out or put in.
 */
export function checkCustody(text: string, manifest: string): void {
  let previous = hash('sha256', manifest);
  const lines = text.split('\n').slice(0, -1);
  if (lines.length === 0) throw new Malformed('is empty');
  lines.forEach((line, sequence) => {
    const entry = parseEntry(line);
    if (entry?.sequence !== sequence || entry.previous !== previous) {
      throw new Malformed(`line ${sequence + 1} does not follow the line before`);
    }
    previous = hash('sha256', line);
  });
}

interface CustodyEntry {
  readonly sequence: number;
  readonly previous: string;
}

function parseEntry(line: string): CustodyEntry | undefined {
  try {
    const value: unknown = JSON.parse(line);
    const isEntry = typeof value === 'object' && value !== null && 'sequence' in value && 'previous' in value;
    if (!isEntry || typeof value.sequence !== 'number' || typeof value.previous !== 'string')
      return undefined;
    return { sequence: value.sequence, previous: value.previous };
  } catch {
    return undefined;
  }
}
