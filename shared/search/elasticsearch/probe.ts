import type { Client } from '@elastic/elasticsearch';
import { isRecord } from '../bulk/reply.ts';
import type { Profile } from '../templates/profile.ts';
import type { Template } from '../templates/templates.ts';
import { call } from './call.ts';

const timeout_ms = 10_000;

/** `Elasticsearch 9.4.3`, as the server says. */
export async function readVersion(client: Client): Promise<string> {
  const { body } = await call(client, { method: 'GET', path: '/', timeout_ms });
  const version = isRecord(body['version']) ? body['version'] : {};
  const number = typeof version['number'] === 'string' ? version['number'] : 'of unknown version';
  const product = typeof version['distribution'] === 'string' ? version['distribution'] : 'Elasticsearch';
  return `${product} ${number}`;
}

/** Asks the server whether it would take the template of a complete Elasticsearch; nothing is stored. */
export async function probeProfile(client: Client, full: Template): Promise<Profile> {
  const request = {
    method: 'POST',
    path: '/_index_template/_simulate',
    body: full.body,
    timeout_ms,
  } as const;
  const { status } = await call(client, request, [200, 400]);
  return status === 200 ? 'full' : 'core';
}
