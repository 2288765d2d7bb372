import { hash, type KeyObject, randomBytes } from 'node:crypto';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import type { Clock } from '#shared/clock/clock.ts';
import { BreakwaterError } from '#shared/errors/error.ts';
import type { AuditTrail } from '#shared/service/audit-trail.ts';
import { canonicalJson } from '../evidence/canonical-json.ts';
import { createMatcher } from '../evidence/filter.ts';
import { parseLeafView } from '../evidence/leaf-view.ts';
import { listLogs } from '../evidence/ledger.ts';
import type { Manifest } from '../evidence/manifest.ts';
import { logPrefix, parseLogName } from '../log-name.ts';
import { TreeReader } from '../proof.ts';
import { leafPseudonym } from '../pseudonym.ts';
import { parseCheckpointText } from '../verify/checkpoint.ts';
import { splitNote } from '../verify/note.ts';
import { readIfPresent, replaceFile } from '../writer/files.ts';
import { writeBundleAside } from './bundle-worker.ts';
import {
  type ApprovalPolicy,
  type ExportOrder,
  exportOrderSchema,
  type ExportRequest,
  exportRequestSchema,
  type LogRange,
  needsApproval,
} from './request.ts';

export interface ExportsOptions {
  /** The ledger directory. */
  readonly directory: string;
  readonly trail: AuditTrail;
  readonly exportKey: KeyObject;
  /** Name of the export key, a URL without scheme. */
  readonly export_name: string;
  readonly bodySecret: Buffer;
  readonly policy: ApprovalPolicy;
  readonly software_version: string;
  readonly clock: Clock;
}

/** How long the leaf of a request may take to be signed. */
const request_signed_ms_max = 30_000;
const poll_interval_ms = 100;

/**
 * Exports, step by step; each step is a leaf before it has an effect. When the ledger cannot take the leaf, the step
 * fails: nothing leaves without a record.
 */
export class Exports {
  readonly #options: ExportsOptions;

  constructor(options: ExportsOptions) {
    this.#options = options;
  }

  /**
   * Notes what somebody asks for, and fixes which leaves it is about: every leaf of the tenant up to the request's own.
   * @throws BW_EXPORT_REFUSED when the tenant has no log; BW_EXPORT_UNLOGGED when the request was not signed in time.
   */
  async request(order: ExportOrder): Promise<ExportRequest> {
    const parsed = exportOrderSchema.parse(order);
    const id = randomBytes(8).toString('hex');
    const before = new Map(this.#rangesOf(parsed.tenant).map(({ log, size }) => [log, size]));
    await this.#leaf(parsed, id, 'export.requested', parsed.requester, { filter_asked: parsed.filter_asked });
    const logs = await this.#waitForLeaf(parsed.tenant, id, before);
    const records = await this.#count(logs, parsed.filter);
    const request: ExportRequest = {
      ...parsed,
      id,
      logs,
      records,
      needs_approval: needsApproval(parsed, records, this.#options.policy),
      approver: '',
      requested_ms: this.#options.clock.now_ms(),
      status: 'requested',
    };
    this.#save(request);
    return request;
  }

  /** @throws BW_EXPORT_REFUSED when the approver is the requester, or the export does not wait for approval. */
  async approve(id: string, approver: string): Promise<ExportRequest> {
    const request = this.get(id);
    if (request.status !== 'requested') throw refused(id, `it is ${request.status}`);
    if (approver === request.requester) throw refused(id, 'who asked for it cannot approve it');
    await this.#leaf(request, id, 'export.approved', approver, {});
    return this.#save({ ...request, status: 'approved', approver });
  }

  async refuse(id: string, approver: string): Promise<ExportRequest> {
    const request = this.get(id);
    await this.#leaf(request, id, 'export.refused', approver, {});
    return this.#save({ ...request, status: 'refused' });
  }

  /** Writes the bundle. @throws BW_EXPORT_REFUSED while it waits for approval or was refused. */
  async create(id: string, output: string): Promise<Manifest> {
    const request = this.get(id);
    const waits = request.needs_approval && request.status === 'requested';
    if (waits || request.status === 'refused' || request.status === 'expired') {
      throw refused(id, waits ? 'it waits for the approval of a second person' : `it is ${request.status}`);
    }
    const { directory, exportKey, export_name, bodySecret, software_version } = this.#options;
    const manifest = await writeBundleAside(request, output, {
      directory,
      exportKey,
      export_name,
      bodySecret,
      software_version,
      earlier: this.#earlierSizes(request),
      now_ms: this.#options.clock.now_ms(),
    });
    const manifest_sha256 = hash('sha256', `${canonicalJson(manifest)}\n`);
    await this.#leaf(request, id, 'export.created', request.requester, { manifest_sha256 });
    this.#save({ ...request, status: 'created', manifest_sha256 });
    return manifest;
  }

  /** To be called before a bundle is handed to somebody. */
  async handOver(id: string, receiver: string): Promise<void> {
    const request = this.get(id);
    await this.#leaf(request, id, 'export.downloaded', receiver, {
      manifest_sha256: request.manifest_sha256 ?? '',
    });
  }

  /** @throws BW_EXPORT_REFUSED when there is none. */
  get(id: string): ExportRequest {
    const bytes = /^[0-9a-f]{16}$/.test(id) ? readIfPresent(this.#path(id)) : undefined;
    if (bytes === undefined) throw refused(id, 'there is no such export');
    return exportRequestSchema.parse(JSON.parse(bytes.toString()));
  }

  /** All exports that were ever asked for, oldest first. */
  list(): ExportRequest[] {
    const folder = join(this.#options.directory, '.exports');
    const names = existsSync(folder) ? readdirSync(folder).filter((name) => name.endsWith('.json')) : [];
    return names
      .map((name) => this.get(name.slice(0, -'.json'.length)))
      .sort((a, b) => a.requested_ms - b.requested_ms);
  }

  async #leaf(
    { tenant, purpose, filter }: Pick<ExportRequest, 'tenant' | 'purpose' | 'filter'>,
    id: string,
    type: string,
    who: string,
    facts: Readonly<Record<string, string>>,
  ): Promise<void> {
    await this.#options.trail.record([
      {
        tenant,
        type,
        time_ns: BigInt(this.#options.clock.now_ms()) * 1_000_000n,
        outcome: 'success',
        facts: {
          export: id,
          actor: leafPseudonym(this.#options.bodySecret, tenant, who),
          filter_sha256: hash('sha256', canonicalJson(filter)),
          ...facts,
        },
        body: JSON.stringify({ who, purpose, filter }),
      },
    ]);
  }

  /** The tenant's logs as they are published. */
  #rangesOf(tenant: string): LogRange[] {
    const prefix = logPrefix(tenant);
    return listLogs(this.#options.directory)
      .filter((log) => parseLogName(log)?.prefix === prefix)
      .map((log) => {
        const checkpoint = (readIfPresent(join(this.#options.directory, log, 'checkpoint')) ?? '').toString();
        const { size } = parseCheckpointText(splitNote(Buffer.from(checkpoint)).text);
        return { log, checkpoint, size, range_first: 0, range_next: size };
      });
  }

  /** Waits until the request's own leaf is signed, so that the export proves that it was asked for. */
  async #waitForLeaf(tenant: string, id: string, before: ReadonlyMap<string, number>): Promise<LogRange[]> {
    const deadline_ms = performance.now() + request_signed_ms_max;
    while (performance.now() < deadline_ms) {
      const ranges = this.#rangesOf(tenant);
      if (ranges.some((range) => this.#hasRequest(range, before.get(range.log) ?? 0, id))) return ranges;
      await setTimeout(poll_interval_ms);
    }
    throw new BreakwaterError('BW_EXPORT_UNLOGGED', 'The request was not signed in time', { export: id });
  }

  #hasRequest({ log, size }: LogRange, first: number, id: string): boolean {
    const tree = new TreeReader(join(this.#options.directory, log), size);
    for (const entry of tree.entries(Math.min(first, size), size)) {
      const leaf = parseLeafView(entry.toString());
      if (leaf?.type === 'export.requested' && leaf.facts['export'] === id) return true;
    }
    return false;
  }

  async #count(ranges: readonly LogRange[], filter: ExportRequest['filter']): Promise<number> {
    const matches = createMatcher(filter);
    let count = 0;
    for (const { log, size, range_first, range_next } of ranges) {
      const tree = new TreeReader(join(this.#options.directory, log), size);
      for (const entry of tree.entries(range_first, range_next)) {
        const text = entry.toString();
        const leaf = parseLeafView(text);
        if (leaf !== undefined && matches(leaf, text)) count += 1;
      }
      await setTimeout(0);
    }
    return count;
  }

  /** Sizes that earlier exports of the same logs were bound to. */
  #earlierSizes(request: ExportRequest): Map<string, number[]> {
    const ranges = this.list()
      .filter(({ status, id }) => status === 'created' && id !== request.id)
      .flatMap(({ logs }) => logs);
    const sizes = new Map<string, number[]>();
    for (const { log, size } of request.logs) {
      const earlier = ranges
        .filter((range) => range.log === log && range.size <= size)
        .map((range) => range.size);
      sizes.set(log, [...new Set(earlier)]);
    }
    return sizes;
  }

  #save(request: ExportRequest): ExportRequest {
    replaceFile(this.#path(request.id), JSON.stringify(request));
    return request;
  }

  #path(id: string): string {
    return join(this.#options.directory, '.exports', `${id}.json`);
  }
}

function refused(id: string, reason: string): BreakwaterError {
  return new BreakwaterError('BW_EXPORT_REFUSED', `Export ${id}: ${reason}`);
}
