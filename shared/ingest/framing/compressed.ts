import { gunzipSync } from 'node:zlib';
import { json_bytes_max } from '#shared/event/json.ts';

export type Inflated =
  | { readonly kind: 'ok'; readonly bytes: Buffer }
  | { readonly kind: 'broken'; readonly reason: 'gzip.invalid' | 'gzip.too_large'; readonly detail: string };

export function isGzip(bytes: Buffer): boolean {
  return bytes.length > 18 && bytes[0] === 0x1f && bytes[1] === 0x8b;
}

/** Whether a text is base64 of gzip, as CloudWatch subscriptions deliver. */
export function isBase64Gzip(text: string): boolean {
  return text.startsWith('H4sI');
}

/** Unpacks gzip, up to the size that a record may have. */
export function inflate(bytes: Buffer): Inflated {
  try {
    return { kind: 'ok', bytes: gunzipSync(bytes, { maxOutputLength: json_bytes_max }) };
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    const tooLarge = error instanceof RangeError;
    return {
      kind: 'broken',
      reason: tooLarge ? 'gzip.too_large' : 'gzip.invalid',
      detail: error.message.slice(0, 200),
    };
  }
}
