import { createHash } from 'node:crypto';

/** One Kafka record of a scenario, and whether the attack made it. */
export interface ScenarioRecord {
  readonly topic: `raw.${'scanner' | 'admission' | 'runtime' | 'network' | 'inventory'}`;
  readonly key: string | null;
  /** When it happened; arrival is a little later. */
  readonly time_ms: number;
  readonly value: string;
  /** `attack`: caused by it. `key`: without it the story is not told. */
  readonly role: 'benign' | 'attack' | 'key';
}

/** RFC 3339 with nanoseconds below the millisecond that only depend on the text around them. */
export function nanoTime(time_ms: number): string {
  return new Date(time_ms).toISOString().replace('Z', `${nanosOf(time_ms)}Z`);
}

/** RFC 3339 with microseconds, as the API server writes. */
export function microTime(time_ms: number): string {
  return new Date(time_ms).toISOString().replace('Z', `${nanosOf(time_ms).slice(0, 3)}Z`);
}

/** Nanoseconds since the epoch as digits: too large for a JavaScript number, as tools write them. */
export function epochNanos(time_ms: number): string {
  return `${time_ms}${nanosOf(time_ms)}`;
}

function nanosOf(time_ms: number): string {
  const digest = createHash('sha256').update(String(time_ms)).digest();
  return String(digest.readUInt32BE(0) % 1_000_000).padStart(6, '0');
}

/** The identity that the pipeline gives a record's events. */
export function hashOf(record: ScenarioRecord): string {
  return createHash('sha256').update(record.value).digest('hex');
}
