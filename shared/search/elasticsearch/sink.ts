import type { Clock } from '#shared/clock/clock.ts';
import { systemTimer, type Timer } from '#shared/clock/timer.ts';
import { retryForever } from '#shared/service/retry.ts';
import { type BulkLimits, defaultBulkLimits } from '../bulk/limits.ts';
import { BulkWriter } from '../bulk/writer.ts';
import type { SearchOutcome, SearchSink, SearchWrite, WriteOptions } from '../port.ts';
import { noSearchTelemetry, type SearchTelemetry } from '../telemetry.ts';
import type { Profile } from '../templates/profile.ts';
import { defaultRetention, renderTemplates, type TemplateOptions } from '../templates/templates.ts';
import { createBulkTransport } from './bulk-transport.ts';
import { call } from './call.ts';
import { type ClientSettings, createClient, request_timeout_ms } from './client.ts';
import { findExisting } from './existing.ts';
import { installTemplate } from './install.ts';
import { probeProfile, readVersion } from './probe.ts';
import { readVersions } from './versions.ts';

export interface ElasticsearchOptions extends ClientSettings {
  readonly namespace: string;
  readonly clock: Clock;
  /** Default: asked from the server. */
  readonly profile?: Profile;
  readonly dynamic?: TemplateOptions['dynamic'];
  readonly event_retention_days?: number;
  readonly limits?: Partial<BulkLimits>;
  readonly timer?: Timer;
  /** 0 to 1; for tests. */
  readonly random?: () => number;
  readonly telemetry?: SearchTelemetry;
}

/** Elasticsearch 8.19 or later. `prepare` before the first write, or nothing is accepted. */
export function createElasticsearchSink(options: ElasticsearchOptions): SearchSink {
  const { url, namespace, telemetry = noSearchTelemetry } = options;
  const client = createClient(options);
  const closing = new AbortController();
  const templatesFor = (profile: Profile) =>
    renderTemplates({
      ...defaultRetention,
      namespace,
      profile,
      dynamic: options.dynamic ?? false,
      event_retention_days: options.event_retention_days ?? defaultRetention.event_retention_days,
    });

  async function profile(): Promise<Profile> {
    const [events] = templatesFor('full');
    if (options.profile !== undefined || events === undefined) return options.profile ?? 'core';
    return probeProfile(client, events);
  }

  async function prepare(): Promise<void> {
    for (const template of templatesFor(await profile())) await installTemplate(client, template);
  }

  const writer = new BulkWriter({
    transport: createBulkTransport(client),
    prepare,
    limits: { ...defaultBulkLimits, ...options.limits },
    clock: options.clock,
    timer: options.timer ?? systemTimer,
    random: options.random ?? Math.random,
    telemetry,
  });

  /** Looks up first what may be there already; only the rest is written. */
  async function writeReplayed(writes: readonly SearchWrite[]): Promise<readonly SearchOutcome[]> {
    const existing = await retryForever(() => findExisting(client, writes), {
      signal: closing.signal,
      onRetry: () => telemetry.documentsRetried('lookup', writes.length),
    });
    telemetry.documentsSettled('duplicate', existing.size);
    const outcomes = await writer.write(writes.filter((_, position) => !existing.has(position)));
    let next = 0;
    return writes.map((_, position) => {
      const outcome = existing.has(position) ? undefined : outcomes[next++];
      return outcome ?? { kind: 'duplicate' };
    });
  }

  return {
    write: (writes, { replayed = false }: WriteOptions = {}) =>
      replayed ? writeReplayed(writes) : writer.write(writes),
    versions: (index, ids) => readVersions(client, index, ids),
    prepare,
    refresh: async () => {
      const patterns = templatesFor('core').map(({ pattern }) => pattern);
      const path = `/${[...new Set(patterns)].join(',')}/_refresh`;
      const query = { ignore_unavailable: true };
      await call(client, { method: 'POST', path, query, timeout_ms: request_timeout_ms });
    },
    describe: async () => {
      const version = await readVersion(client);
      return `${version} at ${new URL(url).host} (templates: ${await profile()})`;
    },
    close: async () => {
      closing.abort();
      writer.close();
      await client.close();
    },
  };
}
