import type { RecordContext } from '#shared/event/format.ts';
import type { JsonObject } from '#shared/event/json.ts';
import { object, text, texts } from '#shared/event/read.ts';
import { parseTime } from '#shared/event/time.ts';
import { nodeOfShipper } from './subject.ts';

/** The envelope of an alert, read. */
export interface FalcoAlert {
  readonly rule: string;
  readonly priority: string;
  readonly source: string;
  /** The node, or the name of the Falco pod where nobody told it the node. */
  readonly hostname: string | undefined;
  readonly tags: readonly string[];
  readonly fields: JsonObject;
  /** `proc.cmdline` */
  readonly command_line: string | undefined;
  /** `fd.name`: a path, or the ends of a connection. */
  readonly descriptor: string | undefined;
  readonly time_ns: bigint | undefined;
  readonly record: JsonObject;
}

/** The fields of an alert that has none. */
export const noFields: JsonObject = {};

/** Reads the envelope of an alert. */
export function falcoAlert(record: JsonObject, context: RecordContext): FalcoAlert {
  const fields = object(record['output_fields']) ?? noFields;
  return {
    rule: text(record['rule']) ?? 'unnamed',
    priority: text(record['priority']) ?? 'Informational',
    source: text(record['source']) ?? 'syscall',
    hostname: text(record['hostname']) ?? nodeOfShipper(context),
    tags: texts(record['tags']) ?? [],
    fields,
    command_line: text(fields['proc.cmdline']),
    descriptor: text(fields['fd.name']),
    time_ns: parseTime(record['time']) ?? parseTime(fields['evt.time']),
    record,
  };
}
