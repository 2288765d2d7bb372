import type { Format } from '#shared/event/format.ts';
import type { JsonObject } from '#shared/event/json.ts';

/** One tool record inside a Kafka record, freed of what shippers put around it. */
export interface Part {
  readonly value: JsonObject | string;
  /** Whose shape it has; undefined when it is nobody's that we know. */
  readonly format: Format | undefined;
  /** As it came; undefined when it was an item of a list: then its JSON is written anew where the text is needed. */
  readonly text: string | undefined;
  /** Who shipped it, in one shape: see `shipper.ts`. */
  readonly shipper: JsonObject | undefined;
}

/** A piece that could not be read, with its bytes for the dead-letter topic. */
export interface BrokenPart {
  readonly text: string;
  readonly reason: string;
  readonly detail: string;
}

/** The text of a part, for hashing and `event.original`. */
export function partText(part: Part): string {
  return part.text ?? (typeof part.value === 'string' ? part.value : JSON.stringify(part.value));
}
