import type { Level } from '#shared/avro/types.generated.ts';
import type { AttackReference } from '#shared/event/attack.ts';
import type { EcsProcess } from '#shared/event/ecs.ts';
import type { JsonObject, JsonValue } from '#shared/event/json.ts';
import type { Subject } from './subject.ts';

/** An event of Tracee, from either of its two schemas. */
export interface TraceeEvent {
  readonly time_ns: bigint | undefined;
  readonly name: string;
  readonly subject: Subject;
  readonly process: EcsProcess;
  /** Arguments of the system call or event, by name. */
  readonly args: Readonly<Record<string, JsonValue>>;
  readonly return_value: number | undefined;
  readonly threat: TraceeThreat | undefined;
  readonly policies: readonly string[] | undefined;
  /** Names one event among those of a nanosecond. */
  readonly dedupe_key: string | undefined;
  /** What goes under `tracee` beside the arguments. */
  readonly rest: JsonObject;
}

/** What a signature says of an event that it matched. */
export interface TraceeThreat {
  readonly id: string;
  readonly title: string;
  readonly description: string | undefined;
  readonly level: Level;
  readonly attack: AttackReference;
}

const levels: readonly Level[] = ['informational', 'low', 'medium', 'high', 'critical'];

/** Severity as a number from 0 to 4 or as its name; a signature that says none is `low`. */
export function traceeLevel(severity: JsonValue | undefined): Level {
  if (typeof severity === 'number') return levels[Math.min(Math.max(Math.trunc(severity), 0), 4)] ?? 'low';
  if (typeof severity !== 'string') return 'low';
  const name = severity.toLowerCase().replace('severity_', '');
  return levels.find((level) => level === name || level.startsWith(name)) ?? 'low';
}
