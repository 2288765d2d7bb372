import { copyFileSync, existsSync, mkdirSync, readdirSync, rmSync, statSync, utimesSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** Makes `copy` the same as `original` again, touching only files whose length or time differ. */
export function restore(original: string, copy: string): void {
  mkdirSync(copy, { recursive: true });
  const wanted = new Set(filesOf(original));
  for (const path of filesOf(copy)) if (!wanted.has(path)) rmSync(join(copy, path));
  for (const path of wanted) {
    const [from, to] = [join(original, path), join(copy, path)];
    const { size, mtime } = statSync(from);
    const present = existsSync(to) ? statSync(to) : undefined;
    if (present?.size === size && present.mtime.getTime() === mtime.getTime()) continue;
    mkdirSync(dirname(to), { recursive: true });
    copyFileSync(from, to);
    utimesSync(to, mtime, mtime);
  }
}

function filesOf(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1));
}
