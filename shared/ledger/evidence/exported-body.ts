import { hash } from 'node:crypto';

/** A line of `bodies.ndjson`: the body of a leaf, or why it is not there. */
export type ExportedBody =
  | {
      readonly log: string;
      readonly index: number;
      readonly status: 'open';
      /** Base64. */
      readonly salt: string;
      readonly plaintext: string;
    }
  | { readonly log: string; readonly index: number; readonly status: 'redacted' | 'erased' };

/** Reads a line; undefined when it is none. */
export function parseBody(line: string): ExportedBody | undefined {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return undefined;
  }
  return isBody(value) ? value : undefined;
}

/** Whether a body that can be read is another than the leaf committed to (SHA-256 of salt and plaintext, hex). */
export function differsFrom(body: ExportedBody, commitment: string): boolean {
  if (body.status !== 'open') return false;
  const opened = Buffer.concat([Buffer.from(body.salt, 'base64'), Buffer.from(body.plaintext)]);
  return hash('sha256', opened) !== commitment;
}

function isBody(value: unknown): value is ExportedBody {
  if (typeof value !== 'object' || value === null || !('log' in value) || !('index' in value)) return false;
  if (typeof value.log !== 'string' || typeof value.index !== 'number' || !('status' in value)) return false;
  if (value.status !== 'open') return value.status === 'redacted' || value.status === 'erased';
  return (
    'salt' in value &&
    typeof value.salt === 'string' &&
    'plaintext' in value &&
    typeof value.plaintext === 'string'
  );
}
