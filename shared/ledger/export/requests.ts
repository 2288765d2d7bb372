import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { BreakwaterError } from '#shared/errors/error.ts';
import { readIfPresent, replaceFile } from '../writer/files.ts';
import { type ExportRequest, exportRequestSchema } from './request.ts';

/** Requests for exports, a file each beside the logs: the API, the worker and the command line see the same ones. */
export class ExportRequests {
  readonly #folder: string;

  /** `directory` is the ledger's. */
  constructor(directory: string) {
    this.#folder = join(directory, '.exports');
  }

  /** @throws BW_EXPORT_UNKNOWN when there is none. */
  get(id: string): ExportRequest {
    const request = this.find(id);
    if (request === undefined) throw new BreakwaterError('BW_EXPORT_UNKNOWN', `There is no export ${id}`);
    return request;
  }

  find(id: string): ExportRequest | undefined {
    const bytes = /^[0-9a-f]{16}$/.test(id) ? readIfPresent(this.#path(id)) : undefined;
    return bytes === undefined ? undefined : exportRequestSchema.parse(JSON.parse(bytes.toString()));
  }

  /** All that were ever asked for, oldest first. */
  list(): ExportRequest[] {
    if (!existsSync(this.#folder)) return [];
    return readdirSync(this.#folder)
      .filter((name) => name.endsWith('.json'))
      .map((name) => this.get(name.slice(0, -'.json'.length)))
      .sort((a, b) => a.requested_ms - b.requested_ms);
  }

  save(request: ExportRequest): ExportRequest {
    replaceFile(this.#path(request.id), JSON.stringify(request));
    return request;
  }

  #path(id: string): string {
    return join(this.#folder, `${id}.json`);
  }
}
