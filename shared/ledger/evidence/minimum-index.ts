import { readFile } from '../verify/tiles.ts';

/** How far a log says that it is pruned; 0 when it is not. */
export function minimumIndexOf(directory: string, log: string): number {
  const text = readFile(`${directory}/${log}/minimum-index`)?.toString() ?? '';
  return /^\d{1,15}\n$/.test(text) ? Number(text) : 0;
}
