import { hash } from 'node:crypto';
import type { Client } from '@elastic/elasticsearch';
import { BreakwaterError } from '#shared/errors/error.ts';
import { isRecord } from '../bulk/reply.ts';
import type { Template } from '../templates/templates.ts';
import { call, reasonOf } from './call.ts';

const timeout_ms = 30_000;

/**
 * Puts a template where it is missing or differs, and brings what exists under it up to date: data streams roll over
 * to a backing index with the new mapping, plain indices are made or get the new fields.
 * @throws BW_SEARCH_UNAVAILABLE, BW_SEARCH_TEMPLATE_REFUSED
 */
export async function installTemplate(client: Client, template: Template): Promise<void> {
  const fingerprint = hash('sha256', JSON.stringify(template.body)).slice(0, 16);
  const installed = await readFingerprint(client, template.name);
  if (installed !== fingerprint) {
    const body = { ...template.body, _meta: { managed_by: 'breakwater', fingerprint } };
    await accepted(client, template, `/_index_template/${template.name}`, body);
  }
  if (template.creates === 'index') await ensureIndex(client, template, installed !== fingerprint);
  else if (installed !== undefined && installed !== fingerprint) await rollOver(client, template.pattern);
}

async function readFingerprint(client: Client, name: string): Promise<string | undefined> {
  const path = `/_index_template/${name}`;
  const { status, body } = await call(client, { method: 'GET', path, timeout_ms }, [200, 404]);
  if (status === 404 || !Array.isArray(body['index_templates'])) return undefined;
  const found: unknown = body['index_templates'][0];
  const template = isRecord(found) && isRecord(found['index_template']) ? found['index_template'] : {};
  const meta = isRecord(template['_meta']) ? template['_meta'] : {};
  return typeof meta['fingerprint'] === 'string' ? meta['fingerprint'] : 'foreign';
}

/** Another instance may make the same index at the same time: that is as good. */
async function ensureIndex(client: Client, template: Template, changed: boolean): Promise<void> {
  const request = { method: 'PUT', path: `/${template.pattern}`, timeout_ms } as const;
  const { status, body } = await call(client, request, [200, 400]);
  if (status === 200) return;
  if (!reasonOf(body).startsWith('resource_already_exists_exception')) throw refused(template, body);
  if (!changed) return;
  const { mappings } = isRecord(template.body['template']) ? template.body['template'] : {};
  if (isRecord(mappings)) await accepted(client, template, `/${template.pattern}/_mapping`, mappings);
}

async function rollOver(client: Client, pattern: string): Promise<void> {
  const { body } = await call(client, { method: 'GET', path: `/_resolve/index/${pattern}`, timeout_ms });
  const streams = Array.isArray(body['data_streams']) ? body['data_streams'] : [];
  for (const stream of streams) {
    if (!isRecord(stream) || typeof stream['name'] !== 'string') continue;
    await call(client, { method: 'POST', path: `/${stream['name']}/_rollover`, timeout_ms });
  }
}

async function accepted(
  client: Client,
  template: Template,
  path: string,
  body: Readonly<Record<string, unknown>>,
): Promise<void> {
  const answer = await call(client, { method: 'PUT', path, body, timeout_ms }, [200, 400]);
  if (answer.status !== 200) throw refused(template, answer.body);
}

function refused(template: Template, body: Readonly<Record<string, unknown>>): BreakwaterError {
  return new BreakwaterError('BW_SEARCH_TEMPLATE_REFUSED', `${template.name}: ${reasonOf(body)}`);
}
