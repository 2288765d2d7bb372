import { isDataStream } from '../names.ts';
import type { Refusal, SearchWrite } from '../port.ts';
import type { Delivery } from './delivery.ts';

const newline = 0x0a;

/** One document on its way, in the form in which it is sent. */
export interface Item {
  readonly write: SearchWrite;
  /** The action line of the bulk format, without its newline. */
  readonly action_line: string;
  /** Undefined for `remove`. */
  readonly document: string | undefined;
  /** Of its lines in a request. */
  readonly bytes: number;
  /** Who waits for it, and at which place of their answer it is. */
  readonly delivery: Delivery;
  readonly position: number;
  /** Why the full form was refused; then this is the safe form. */
  readonly refusal?: Refusal;
}

/**
 * @throws TypeError for a write that breaks the port's contract.
 */
export function createItem(write: SearchWrite, delivery: Delivery, position: number): Item {
  const action_line = actionLine(write);
  const document = write.action === 'remove' ? undefined : singleLine(documentOf(write));
  return { write, action_line, document, bytes: bytesOf(action_line, document), delivery, position };
}

/** The same document in its safe form; undefined when there is none, or when this is it. */
export function safeForm(item: Item, refusal: Refusal): Item | undefined {
  if (item.refusal !== undefined || item.write.safe_document === undefined) return undefined;
  const document = singleLine(item.write.safe_document());
  return { ...item, document, bytes: bytesOf(item.action_line, document), refusal };
}

/** The same document in its full form, to be tried anew. */
export function fullForm(item: Item): Item {
  return item.refusal === undefined ? item : createItem(item.write, item.delivery, item.position);
}

/** The body of a bulk request. Equal items give equal bytes. */
export function encodeItems(items: readonly Item[]): Buffer {
  const body = Buffer.allocUnsafe(items.reduce((total, item) => total + item.bytes, 0));
  let end = 0;
  for (const { action_line, document } of items) {
    end = writeLine(body, action_line, end);
    if (document !== undefined) end = writeLine(body, document, end);
  }
  return body;
}

function writeLine(body: Buffer, line: string, at: number): number {
  const end = at + body.write(line, at);
  body[end] = newline;
  return end + 1;
}

function bytesOf(action_line: string, document: string | undefined): number {
  const line_bytes = Buffer.byteLength(action_line) + 1;
  return document === undefined ? line_bytes : line_bytes + Buffer.byteLength(document) + 1;
}

function actionLine({ action, index, id, version }: SearchWrite): string {
  const target = `"_index":${JSON.stringify(index)},"_id":${JSON.stringify(id)}`;
  if (action === 'create') {
    // Without it, a missing template would silently give a plain index with guessed mappings.
    const required = isDataStream(index) ? ',"require_data_stream":true' : '';
    return `{"create":{${target}${required}}}`;
  }
  if (version === undefined) throw new TypeError(`${action} of ${id} in ${index} needs a version`);
  const operation = action === 'put' ? 'index' : 'delete';
  return `{"${operation}":{${target},"version":${version},"version_type":"external"}}`;
}

function documentOf(write: SearchWrite): string {
  if (write.document === undefined) throw new TypeError(`${write.action} of ${write.id} needs a document`);
  return write.document;
}

/** A line break outside a string is white space to JSON, but would end the document in the bulk format. */
export function singleLine(document: string): string {
  return document.includes('\n') || document.includes('\r') ? document.replaceAll(/[\r\n]/g, ' ') : document;
}
