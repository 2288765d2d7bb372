import { generateKeyPairSync } from 'node:crypto';
import type { LightMyRequestResponse } from 'fastify';
import { Exports } from '#shared/ledger/export/exports.ts';
import { defaultApprovalPolicy } from '#shared/ledger/export/request.ts';
import { noAuditTrail } from '#shared/service/audit-trail.ts';
import { silentLog } from '#shared/telemetry/log.ts';
import type { ApiDeps } from '../contract.ts';
import type { IncidentStore, StoredDocument } from '../ports/incident-store.ts';
import { createApiServer } from '../server.ts';

export const incident: StoredDocument = { message: 'shop: shell', incident: { id: 'abc', status: 'open' } };
export const row: StoredDocument = { message: 'a shell', incident: { id: 'abc' } };
export const token = 'a-token-of-some-length';

export interface TestApi {
  /** What it reads; a test may replace its functions. */
  readonly incidents: IncidentStore;
  readonly get: (
    url: string,
    headers?: Record<string, string>,
    address?: string,
  ) => Promise<LightMyRequestResponse>;
  readonly close: () => Promise<void>;
}

/** The API over one incident, for tests: `soc` sees everything, `other` may only read incidents. */
export async function createTestApi(changes: Partial<ApiDeps> = {}): Promise<TestApi> {
  const incidents: IncidentStore = {
    list: () => Promise.resolve({ items: [incident], next: 'more' }),
    find: (id) => Promise.resolve(id === 'abc' ? incident : undefined),
    timeline: () => Promise.resolve({ items: [row, row] }),
    reachable: () => Promise.resolve(true),
    close: () => Promise.resolve(),
  };
  const server = await createApiServer({
    incidents,
    checkpoints: {
      read: () => Promise.resolve([{ log: 'default', checkpoint: 'text\n', verifier_key: 'key' }]),
    },
    readers: [
      { name: 'soc', token, roles: ['auditor'] },
      { name: 'other', token: 'another-token-of-some-length', roles: ['reader'] },
    ],
    exports: noExports,
    jobs: { add: () => Promise.resolve() },
    questions: { whyNot: () => Promise.resolve(undefined) },
    decisions: { write: () => Promise.resolve() },
    bodySecret: Buffer.alloc(32),
    data_folder: '/nowhere',
    audit: noAuditTrail,
    tenant: 'default',
    now_ms: () => 7,
    log: silentLog,
    ...changes,
  });
  return {
    incidents,
    get: (url, headers = { authorization: `Bearer ${token}` }, remoteAddress = '127.0.0.1') =>
      server.inject({ url, headers, remoteAddress }),
    close: async () => {
      await server.close();
    },
  };
}

/** Exports that nobody asked for. */
const noExports = new Exports({
  directory: '/nowhere',
  trail: noAuditTrail,
  exportKey: generateKeyPairSync('ed25519').privateKey,
  export_name: 'x',
  bodySecret: Buffer.alloc(32),
  policy: defaultApprovalPolicy,
  loadRulesByTag: () => Promise.resolve(() => []),
  software_version: '0',
  clock: { now_ms: () => 7 },
});
