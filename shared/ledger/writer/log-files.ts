import { rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { flushPath, replaceFile } from './files.ts';
import type { Resource } from './tree-edge.ts';

/** Files flushed at once; Node's thread pool has four threads. */
const flushes_at_once = 4;

/**
 * The files of a log that readers see, each replaced as a whole. Full ones are remembered until they are flushed: the
 * segment that they were made from must be kept that long.
 */
export class LogFiles {
  readonly #folder: string;
  readonly #unflushed: string[] = [];
  /** Folders of partial files, superseded once the full file exists. */
  readonly #partialFolders = new Set<string>();

  constructor(folder: string) {
    this.#folder = folder;
  }

  writeFull(resources: readonly Resource[]): void {
    for (const { path, bytes } of resources) {
      const file = join(this.#folder, path);
      replaceFile(file, bytes);
      this.#unflushed.push(file);
      if (this.#partialFolders.delete(`${path}.p`)) rmSync(`${file}.p`, { recursive: true, force: true });
    }
  }

  writePartials(resources: readonly Resource[]): void {
    for (const { path, bytes } of resources) {
      replaceFile(join(this.#folder, path), bytes);
      this.#partialFolders.add(dirname(path));
    }
  }

  writeCheckpoint(bytes: Buffer): void {
    replaceFile(join(this.#folder, 'checkpoint'), bytes);
  }

  /** Flushes the full files written since the last call, and the folders that name them. */
  async flushFull(): Promise<void> {
    const files = this.#unflushed.splice(0);
    const paths = [...files, ...new Set(files.map((file) => dirname(file)))];
    const queue = paths.values();
    const workers = Array.from({ length: flushes_at_once }, async () => {
      for (const path of queue) await flushPath(path);
    });
    await Promise.all(workers);
  }
}
