import type { ToolDocument } from '#shared/event/ecs.ts';
import type { Draft } from '#shared/event/format.ts';
import { number, text } from '#shared/event/read.ts';
import type { FalcoAlert } from './falco-alert.ts';

/** Falco speaks of itself in the shape of an alert: metrics, and system calls that it lost. */
export function isInternal(alert: FalcoAlert): boolean {
  return alert.source === 'internal' || alert.rule.startsWith('Falco internal:');
}

/** Telemetry of the sensor. Lost system calls are a blind spot that an analyst must see, so they keep their counts. */
export function falcoInternal(alert: FalcoAlert): Draft {
  const { fields, hostname, rule } = alert;
  const isMetrics = rule.includes('metrics snapshot');
  const lost = number(fields['n_drops']);
  const on = hostname === undefined ? '' : ` on ${hostname}`;
  const document: ToolDocument<'falco'> = {
    message: lost === undefined ? `${rule}${on}` : `Falco lost ${lost} system calls${on}`,
    event: {
      kind: isMetrics ? 'metric' : 'event',
      category: ['host'],
      type: ['info'],
      action: isMetrics ? 'metrics' : 'system-call-drop',
      severity: isMetrics ? 21 : 47,
      module: 'falco',
      provider: alert.source,
    },
    observer: {
      product: 'falco',
      vendor: 'Falco',
      type: 'ids',
      hostname,
      version: text(fields['falco.version']),
    },
    rule: { name: rule, ruleset: 'falco' },
    host: hostname === undefined ? undefined : { name: hostname },
    falco: { priority: alert.priority, source: alert.source, output_fields: fields },
  };
  return {
    time_ns: alert.time_ns,
    dataset: 'falco.internal',
    dedupe_key: `${alert.time_ns}|${hostname}|${rule}|${text(fields['n_drops']) ?? ''}`,
    document,
    actors: [],
    targets: [],
  };
}
