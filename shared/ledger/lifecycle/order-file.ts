import { existsSync, mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { z } from 'zod';
import { flushPath, readIfPresent, replaceFile } from '../writer/files.ts';

/** Orders of one kind, a file each, in a folder of the ledger that is not published. */
export class OrderFiles<Order extends { readonly id: string }> {
  readonly #folder: string;
  readonly #schema: z.ZodType<Order>;

  constructor(directory: string, folder: string, schema: z.ZodType<Order>) {
    this.#folder = join(directory, folder);
    this.#schema = schema;
  }

  /** Undefined when there is none. */
  get(id: string): Order | undefined {
    const bytes = /^[0-9a-f]{16}$/.test(id) ? readIfPresent(this.#path(id)) : undefined;
    return bytes && this.#schema.parse(JSON.parse(bytes.toString()));
  }

  list(): Order[] {
    const names = existsSync(this.#folder) ? readdirSync(this.#folder).sort() : [];
    return names.flatMap((name) => this.get(name.replace(/\.json$/, '')) ?? []);
  }

  /** Resolves when the disk has it. */
  async save<Saved extends Order>(order: Saved): Promise<Saved> {
    // Orders name people.
    mkdirSync(this.#folder, { recursive: true, mode: 0o700 });
    replaceFile(this.#path(order.id), JSON.stringify(order));
    await flushPath(this.#path(order.id));
    await flushPath(this.#folder);
    return order;
  }

  #path(id: string): string {
    return join(this.#folder, `${id}.json`);
  }
}
