import type { Format } from '#shared/event/format.ts';
import { isJsonObject, isList, type JsonObject, type JsonValue, parseJson } from '#shared/event/json.ts';
import { inflate, isBase64Gzip, isGzip } from './compressed.ts';
import { envelopeContents } from './envelopes.ts';
import { isCri, readCriLines, readJsonLines } from './lines.ts';
import type { BrokenPart, Part } from './part.ts';
import { readShipper } from './shipper.ts';

/** How many shippers and lists may lie around a tool's record. */
const layers_max = 3;
/** Parts of one Kafka record; the audit webhook sends up to 400. */
const parts_max = 10_000;

/** The tool records of one Kafka record. */
export interface Parts {
  readonly parts: readonly Part[];
  readonly broken: readonly BrokenPart[];
}

/**
 * Takes a Kafka record apart into tool records: JSON, NDJSON, lists, log lines of container runtimes, envelopes of
 * shippers and clouds, gzip; up to three layers. What `recognise` knows is a tool's own shape and is not opened further,
 * so a tool that speaks CloudEvents keeps its envelope.
 */
export function unwrap(bytes: Buffer, recognise: Recognise): Parts {
  const unwrapper = new Unwrapper(recognise);
  unwrapper.bytes(bytes, { shipper: undefined, layer: 0 });
  return unwrapper.found;
}

/** The format whose shape a value has. */
export type Recognise = (value: JsonValue) => Format | undefined;

interface Place {
  readonly shipper: JsonObject | undefined;
  readonly layer: number;
}

class Unwrapper {
  readonly #recognise: Recognise;
  readonly #parts: Part[] = [];
  readonly #broken: BrokenPart[] = [];

  constructor(recognise: Recognise) {
    this.#recognise = recognise;
  }

  get found(): Parts {
    return { parts: this.#parts, broken: this.#broken };
  }

  bytes(bytes: Buffer, place: Place): void {
    if (isGzip(bytes)) {
      this.#packed(bytes, place);
      return;
    }
    const parsed = parseJson(bytes);
    if (parsed.kind === 'ok') this.#value(parsed.value, parsed.text, place);
    else if (parsed.problem === 'json.syntax') this.#notJson(bytes.toString('utf8'), parsed.detail, place);
    else this.#break('', parsed.problem, parsed.detail);
  }

  /** What a shipper carried as a string. */
  #text(text: string, place: Place): void {
    const first = firstCharacter(text);
    if (first === '{' || first === '[') {
      const parsed = parseJson(text);
      if (parsed.kind === 'ok') this.#value(parsed.value, parsed.text, place);
      else this.#notJson(text, parsed.detail, place);
    } else {
      this.#notJson(text, '', place);
    }
  }

  #notJson(text: string, detail: string, place: Place): void {
    const first = firstCharacter(text);
    if (isBase64Gzip(text)) this.#packed(Buffer.from(text, 'base64'), place);
    else if (isCri(text)) this.#each(readCriLines(text), place, (line, inner) => this.#text(line, inner));
    else if (first === '[' && this.#recognise(text) !== undefined) this.#line(withoutLineEnd(text), place);
    else if (first === undefined) this.#break(text, 'json.empty', 'no content');
    else if (first !== '{' && first !== '[') this.#line(withoutLineEnd(text), place);
    // An access log may start with a bracket.
    else if (this.#recognise(text) !== undefined) this.#line(withoutLineEnd(text), place);
    else this.#jsonLines(text, detail, place);
  }

  #jsonLines(text: string, detail: string, place: Place): void {
    const lines = readJsonLines(text);
    if (lines.length === 1 || lines.every((line) => line.kind === 'broken')) {
      this.#break(text, 'json.syntax', detail);
      return;
    }
    this.#each(lines, place, (line, inner) => {
      if (line.kind === 'json') this.#value(line.value, line.text, inner);
      else if (line.kind === 'broken') this.#break(line.text, line.reason, line.detail);
    });
  }

  #value(value: JsonValue, text: string | undefined, place: Place): void {
    if (isList(value)) {
      this.#each(value, place, (item, inner) => this.#value(item, undefined, inner));
    } else if (typeof value === 'string') {
      this.#text(value, place);
    } else if (isJsonObject(value)) {
      this.#object(value, text, place);
    } else {
      this.#break(
        text ?? String(value),
        'format.unknown',
        `a lone ${value === null ? 'null' : typeof value}`,
      );
    }
  }

  #object(value: JsonObject, text: string | undefined, place: Place): void {
    const format = this.#recognise(value);
    const envelope = format === undefined && place.layer < layers_max ? envelopeContents(value) : undefined;
    if (envelope === undefined) {
      // A shipper that parses the line itself leaves its metadata beside the tool's keys.
      const shipper = place.shipper ?? (value['kubernetes'] === undefined ? undefined : readShipper(value));
      this.#add({ value, format, text, shipper });
      return;
    }
    const shipper = envelope.shipper ?? place.shipper;
    this.#each(envelope.contents, { ...place, shipper }, (content, inner) => {
      if (typeof content === 'string') this.#text(content, inner);
      else this.#value(content, undefined, inner);
    });
  }

  #line(value: string, place: Place): void {
    this.#add({ value, format: this.#recognise(value), text: undefined, shipper: place.shipper });
  }

  #packed(bytes: Buffer, place: Place): void {
    const inflated = place.layer >= layers_max ? undefined : inflate(bytes);
    if (inflated === undefined) this.#break('', 'framing.too_deep', `more than ${layers_max} layers`);
    else if (inflated.kind === 'broken') this.#break('', inflated.reason, inflated.detail);
    else this.bytes(inflated.bytes, { ...place, layer: place.layer + 1 });
  }

  #each<Item>(items: readonly Item[], place: Place, read: (item: Item, inner: Place) => void): void {
    if (place.layer >= layers_max) {
      this.#break('', 'framing.too_deep', `more than ${layers_max} layers`);
      return;
    }
    const inner = { shipper: place.shipper, layer: place.layer + 1 };
    for (const item of items) read(item, inner);
  }

  #add(part: Part): void {
    if (this.#parts.length < parts_max) this.#parts.push(part);
    else this.#break('', 'framing.too_many', `more than ${parts_max} parts`);
  }

  /** Without text of its own, the whole record is meant. */
  #break(text: string, reason: string, detail: string): void {
    if (this.#broken.length < parts_max) this.#broken.push({ text, reason, detail });
  }
}

function firstCharacter(text: string): string | undefined {
  return /\S/.exec(text)?.[0];
}

function withoutLineEnd(text: string): string {
  return text.endsWith('\n') ? text.slice(0, text.endsWith('\r\n') ? -2 : -1) : text;
}
