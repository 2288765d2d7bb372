import { createHmac } from 'node:crypto';
import type { Incident } from '#shared/avro/types.generated.ts';

/** What a person is told when an incident opens. */
export interface Notification {
  readonly incident: string;
  readonly scope: string;
  readonly title: string;
  readonly score: number;
  readonly first: string | undefined;
}

/** The notification that a state of an incident asks for; undefined when it asks for none. */
export function notificationOf(incident: Incident): Notification | undefined {
  if (incident.status !== 'open') return undefined;
  const document: unknown = JSON.parse(incident.document);
  return {
    incident: incident.id,
    scope: incident.scope,
    title: textAt(document, 'message') ?? `Incident ${incident.id}`,
    score: numberAt(document, 'event', 'risk_score') ?? 0,
    first: textAt(document, '@timestamp'),
  };
}

/**
 * The idempotency key of "this incident opened": one job, whatever the number of revisions. Job ids may hold neither
 * `:` nor digits alone.
 */
export function jobIdOf(notification: Notification): string {
  return `incident-opened-${notification.scope.replaceAll(':', '_')}-${notification.incident}`;
}

/** The exact body that is posted, and its signature headers. */
export function webhookRequest(
  notification: Notification,
  secret: string | undefined,
): { readonly body: string; readonly headers: Readonly<Record<string, string>> } {
  const body = JSON.stringify({ type: 'incident.opened', ...notification });
  const headers: Record<string, string> = {
    'content-type': 'application/json',
    'x-breakwater-idempotency-key': jobIdOf(notification),
  };
  if (secret !== undefined) {
    headers['x-breakwater-signature'] = `sha256=${createHmac('sha256', secret).update(body).digest('hex')}`;
  }
  return { body, headers };
}

function at(document: unknown, ...path: readonly string[]): unknown {
  let value: unknown = document;
  for (const name of path) {
    if (typeof value !== 'object' || value === null) return undefined;
    value = Object.entries(value).find(([key]) => key === name)?.[1];
  }
  return value;
}

function textAt(document: unknown, ...path: readonly string[]): string | undefined {
  const value = at(document, ...path);
  return typeof value === 'string' ? value : undefined;
}

function numberAt(document: unknown, ...path: readonly string[]): number | undefined {
  const value = at(document, ...path);
  return typeof value === 'number' ? value : undefined;
}
