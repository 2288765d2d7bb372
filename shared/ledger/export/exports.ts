import { hash, type KeyObject, randomBytes } from 'node:crypto';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Clock } from '#shared/clock/clock.ts';
import type { AuditEntry, AuditTrail } from '#shared/service/audit-trail.ts';
import type { RulesByTag } from '../controls/controls.ts';
import { canonicalJson } from '../evidence/canonical-json.ts';
import type { Manifest } from '../evidence/manifest.ts';
import type { Membership } from '../incident/membership.ts';
import { leafPseudonym } from '../pseudonym.ts';
import { recordSigned } from '../signed-leaf.ts';
import { countMatchesAside, membershipAside, writeBundleAside } from './aside.ts';
import { filterOf } from './ask.ts';
import { discardPartial, isInterrupted } from './progress.ts';
import { type LogRange, publishedRanges } from './published-logs.ts';
import {
  type ApprovalPolicy,
  type ExportOrder,
  exportOrderSchema,
  type ExportRequest,
  filterSchema,
  isRunnable,
  needsApproval,
  refused,
} from './request.ts';
import { ExportRequests } from './requests.ts';

export interface ExportsOptions {
  /** The ledger directory. */
  readonly directory: string;
  readonly trail: AuditTrail;
  readonly exportKey: KeyObject;
  /** Name of the export key, a URL without scheme. */
  readonly export_name: string;
  readonly bodySecret: Buffer;
  readonly policy: ApprovalPolicy;
  /** Looks up the rules of which detections are evidence for controls; asked for when a control is. */
  readonly loadRulesByTag: () => Promise<RulesByTag>;
  readonly software_version: string;
  readonly clock: Clock;
  /** Time-stamping authority (RFC 3161) that stamps bundles; none by default. */
  readonly timestamp_url?: string | undefined;
  /** How long the leaf of a step may take to be signed. */
  readonly signed_ms_max?: number | undefined;
}

/**
 * Exports, step by step; each step is a leaf before it has an effect. When the ledger cannot take the leaf, the step
 * fails: nothing leaves without a record.
 */
export class Exports {
  readonly #options: ExportsOptions;
  readonly #requests: ExportRequests;

  constructor(options: ExportsOptions) {
    this.#options = options;
    this.#requests = new ExportRequests(options.directory);
  }

  /**
   * Notes what somebody asks for, and fixes which leaves it is about: every leaf of the tenant up to the request's own.
   * An `id` that was asked for before gives the request of then.
   * @throws BW_CONFIG_INVALID for a control that is not mapped; BW_AUDIT_UNSIGNED when the auditor does not sign the request.
   */
  async request(order: ExportOrder, id: string = randomBytes(8).toString('hex')): Promise<ExportRequest> {
    const known = this.#requests.find(id);
    if (known !== undefined) return known;
    const { directory, policy, clock } = this.#options;
    const parsed = exportOrderSchema.parse(order);
    const { tenant, requester, purpose, schedule } = parsed;
    if (parsed.report === true && parsed.ask.incident === undefined)
      throw refused(id, 'a report is of one incident, and the ask names none');
    const filter = await this.#filterOf(parsed);
    const leaf = { tenant, purpose, filter };
    const facts: Record<string, string> = schedule === undefined ? {} : { schedule };
    const logs = await this.#leaf(leaf, id, 'export.requested', requester, facts);
    const records = await countMatchesAside(directory, logs, filter);
    return this.#requests.save({
      ...parsed,
      id,
      filter_asked: canonicalJson(parsed.ask),
      filter,
      logs,
      records,
      needs_approval: needsApproval(parsed, records, policy),
      approver: '',
      requested_ms: clock.now_ms(),
      status: 'requested',
    });
  }

  /** @throws BW_EXPORT_REFUSED when the approver is the requester, or the export does not wait for approval. */
  async approve(id: string, approver: string): Promise<ExportRequest> {
    const request = this.#waiting(id);
    if (approver === request.requester) throw refused(id, 'who asked for it cannot approve it');
    await this.#leaf(request, id, 'export.approved', approver, {});
    return this.#requests.save({ ...request, status: 'approved', approver });
  }

  /** @throws BW_EXPORT_REFUSED when the export does not wait for approval. */
  async refuse(id: string, approver: string): Promise<ExportRequest> {
    const request = this.#waiting(id);
    await this.#leaf(request, id, 'export.refused', approver, {});
    return this.#requests.save({ ...request, status: 'refused' });
  }

  /** Ends an export that is not created yet, also while it is being written. @throws BW_EXPORT_REFUSED otherwise. */
  async cancel(id: string, who: string): Promise<ExportRequest> {
    const request = this.get(id);
    if (request.status !== 'requested' && request.status !== 'approved')
      throw refused(id, `it is ${request.status}`);
    await this.#leaf(request, id, 'export.cancelled', who, {});
    return this.#requests.save({ ...request, status: 'cancelled' });
  }

  /**
   * Writes the bundle; goes on where an interrupted run was. Doing it again for a bundle that is there changes nothing.
   * @throws BW_EXPORT_REFUSED while it waits for approval, when it was refused or is cancelled meanwhile.
   */
  async create(id: string, output: string): Promise<Manifest> {
    const request = this.get(id);
    if (request.status !== 'created' && !isRunnable(request)) {
      const waits = request.status === 'requested';
      throw refused(id, waits ? 'it waits for the approval of a second person' : `it is ${request.status}`);
    }
    if (isInterrupted(output)) await this.#leaf(request, id, 'export.resumed', request.requester, {});
    const manifest = await this.#write(request, output);
    const manifest_sha256 = hash('sha256', `${canonicalJson(manifest)}\n`);
    if (request.manifest_sha256 === manifest_sha256) return manifest;
    const records = String(Object.values(manifest.counts).reduce((total, count) => total + count, 0));
    await this.#leaf(request, id, 'export.created', request.requester, { manifest_sha256, records });
    this.#requests.save({
      ...request,
      status: 'created',
      manifest_sha256,
      created_ms: this.#options.clock.now_ms(),
    });
    return manifest;
  }

  /** To be called before a bundle is handed to somebody. @throws BW_EXPORT_REFUSED when there is no bundle. */
  async handOver(id: string, receiver: string): Promise<void> {
    const request = this.get(id);
    if (request.status !== 'created') throw refused(id, `it is ${request.status}`);
    const { manifest_sha256 = '' } = request;
    await this.#leaf(request, id, 'export.downloaded', receiver, { manifest_sha256 });
  }

  /** Removes a bundle that has been kept for long enough. */
  async expire(id: string, output: string, who: string): Promise<ExportRequest> {
    const request = this.get(id);
    await this.#leaf(request, id, 'export.expired', who, { manifest_sha256: request.manifest_sha256 ?? '' });
    rmSync(output, { recursive: true, force: true });
    return this.#requests.save({ ...request, status: 'expired' });
  }

  /** @throws BW_EXPORT_UNKNOWN when there is none. */
  get(id: string): ExportRequest {
    return this.#requests.get(id);
  }

  /** All exports that were ever asked for, oldest first. */
  list(): ExportRequest[] {
    return this.#requests.list();
  }

  #waiting(id: string): ExportRequest {
    const request = this.get(id);
    if (request.status !== 'requested') throw refused(id, `it is ${request.status}`);
    return request;
  }

  async #write(request: ExportRequest, output: string): Promise<Manifest> {
    const { directory, exportKey, export_name, bodySecret, software_version, timestamp_url, clock } =
      this.#options;
    try {
      return await writeBundleAside(request, output, {
        directory,
        exportKey,
        export_name,
        bodySecret,
        software_version,
        timestamp_url,
        earlier: this.#earlierSizes(request),
        now_ms: clock.now_ms(),
      });
    } catch (error) {
      if (this.get(request.id).status === 'cancelled') discardPartial(output);
      throw error;
    }
  }

  async #filterOf({ tenant, ask }: Pick<ExportRequest, 'tenant' | 'ask'>): Promise<ExportRequest['filter']> {
    const { bodySecret, directory, loadRulesByTag } = this.#options;
    const logs = publishedRanges(directory, tenant).map(({ log, range_first, size }) => ({
      folder: join(directory, log),
      first: range_first,
      size,
    }));
    const none: Membership = { incidents: [], signals: [] };
    const membership = ask.incident === undefined ? none : await membershipAside(logs, ask.incident);
    const filter = filterOf(ask, {
      pseudonym: (name) => leafPseudonym(bodySecret, tenant, name),
      rulesByTag: ask.controls === undefined ? () => [] : await loadRulesByTag(),
      membershipOf: () => membership,
    });
    return filterSchema.parse(filter);
  }

  /** Leaves the record of a step, and waits until it is signed: a step has no effect while the auditor is down. */
  async #leaf(
    { tenant, purpose, filter }: Pick<ExportRequest, 'tenant' | 'purpose' | 'filter'>,
    id: string,
    type: string,
    who: string,
    facts: Readonly<Record<string, string>>,
  ): Promise<LogRange[]> {
    const { bodySecret, clock, directory, signed_ms_max, trail } = this.#options;
    const isService = who.startsWith('service:');
    const entry: AuditEntry = {
      tenant,
      type,
      time_ns: BigInt(clock.now_ms()) * 1_000_000n,
      outcome: 'success',
      facts: {
        export: id,
        actor: isService ? who : leafPseudonym(bodySecret, tenant, who),
        filter_sha256: hash('sha256', canonicalJson(filter)),
        ...facts,
      },
      body: JSON.stringify({ who, purpose, filter }),
    };
    return recordSigned(directory, trail, entry, 'export', signed_ms_max);
  }

  /** Sizes that earlier exports of the same logs were bound to. */
  #earlierSizes(request: ExportRequest): Map<string, number[]> {
    const ranges = this.list()
      .filter(({ status, id }) => status === 'created' && id !== request.id)
      .flatMap(({ logs }) => logs);
    const sizes = new Map<string, number[]>();
    for (const { log, size, range_first } of request.logs) {
      // What is pruned cannot be shown to have grown from anything.
      const earlier = ranges.filter(
        (range) => range.log === log && range.size <= size && range.size > range_first,
      );
      sizes.set(log, [...new Set(earlier.map((range) => range.size))]);
    }
    return sizes;
  }
}
