import type { JsonObject } from '#shared/event/json.ts';

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
