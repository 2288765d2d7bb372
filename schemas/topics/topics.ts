import type { TopicDefinition } from '#shared/kafka/port.ts';

const day_ms = 24 * 60 * 60 * 1000;

function topic(
  name: string,
  partitions: number,
  retention_days: number,
  config: Record<string, string> = {},
): TopicDefinition {
  return { name, partitions, config: { 'retention.ms': String(retention_days * day_ms), ...config } };
}

export const families = ['scanner', 'admission', 'runtime', 'network', 'inventory'] as const;
/** Where tools' records arrive. */
export const rawTopics: ReadonlySet<string> = new Set(families.map((family) => `raw.${family}`));
/** Families whose events are indexed; inventory states facts. */
export const eventFamilies = ['scanner', 'admission', 'runtime', 'network'] as const;

/** Raw records may be several MB (scanner reports). */
const rawConfig = { 'max.message.bytes': String(8 * 1024 * 1024) };

/**
 * Every topic. `signals`, `facts`, `decisions` and `incidents` are keyed by scope, so that one scope lies in one
 * partition; all of them have the same number of partitions.
 */
export const topics: readonly TopicDefinition[] = [
  ...families.map((family) => topic(`raw.${family}`, 6, 3, rawConfig)),
  ...eventFamilies.map((family) => topic(`events.${family}`, 6, 7, rawConfig)),
  ...families.map((family) => topic(`dlq.${family}`, 1, 30, rawConfig)),
  topic('dlq.index', 1, 30, rawConfig),
  topic('signals', 6, 30),
  topic('facts', 6, 30),
  topic('decisions', 6, 365),
  topic('incidents', 6, 30, rawConfig),
  topic('audit', 6, 30, rawConfig),
];
