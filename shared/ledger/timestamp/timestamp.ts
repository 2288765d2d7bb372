import { hash, randomBytes } from 'node:crypto';
import { BreakwaterError } from '#shared/errors/error.ts';

/** Time-stamps of RFC 3161: a third party's word that data existed at a time. `openssl ts -verify` checks them. */

const request_timeout_ms = 10_000;
const answer_bytes_max = 64 * 1024;
/** DER: AlgorithmIdentifier of SHA-256. */
const sha256Algorithm = Buffer.from('300d06096086480165030402010500', 'hex');
const granted = new Set([0, 1]);

/** The request for `data` in DER: version 1, SHA-256 of the data, a nonce, and the wish for the certificate. */
export function timestampRequest(data: Buffer, nonce: Buffer): Buffer {
  const imprint = der(0x30, sha256Algorithm, der(0x04, hash('sha256', data, 'buffer')));
  // A leading zero keeps the nonce positive.
  const number = der(0x02, Buffer.of(0), nonce);
  return der(0x30, der(0x02, Buffer.of(1)), imprint, number, der(0x01, Buffer.of(0xff)));
}

/**
 * Asks the authority at `url` for a time-stamp over `data`; returns its whole answer, the `.tsr` that openssl reads.
 * @throws BW_TIMESTAMP_UNAVAILABLE (retriable) when there is none, or it is not for this data.
 */
export async function requestTimestamp(url: string, data: Buffer): Promise<Buffer> {
  const nonce = randomBytes(8);
  // The first bit must not be zero: DER does not allow two leading zeros.
  nonce.writeUInt8(nonce.readUInt8(0) | 0x80, 0);
  const answer = await post(url, timestampRequest(data, nonce));
  const status = statusOf(answer);
  const concernsUs = answer.includes(hash('sha256', data, 'buffer')) && answer.includes(nonce);
  if (status !== undefined && granted.has(status) && concernsUs) return answer;
  throw new BreakwaterError(
    'BW_TIMESTAMP_UNAVAILABLE',
    'The time-stamping authority did not grant a time-stamp',
    {
      url,
      status,
    },
  );
}

async function post(url: string, body: Buffer): Promise<Buffer> {
  try {
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/timestamp-query' },
      body: new Uint8Array(body),
      signal: AbortSignal.timeout(request_timeout_ms),
    });
    return Buffer.from(await response.arrayBuffer()).subarray(0, answer_bytes_max);
  } catch (error) {
    if (!(error instanceof TypeError || error instanceof DOMException)) throw error;
    throw new BreakwaterError(
      'BW_TIMESTAMP_UNAVAILABLE',
      'The time-stamping authority does not answer',
      { url },
      error,
    );
  }
}

/** PKIStatus: TimeStampResp is a SEQUENCE that begins with a SEQUENCE that begins with an INTEGER. */
function statusOf(answer: Buffer): number | undefined {
  const outer = contentOf(answer, 0x30);
  const info = outer && contentOf(outer, 0x30);
  return info && contentOf(info, 0x02)?.at(0);
}

function contentOf(bytes: Buffer, tag: number): Buffer | undefined {
  if (bytes[0] !== tag) return undefined;
  const short = bytes[1] ?? 0;
  if (short < 0x80) return bytes.subarray(2, 2 + short);
  const length_bytes = short & 0x7f;
  if (length_bytes === 0 || length_bytes > 4 || bytes.length < 2 + length_bytes) return undefined;
  const start = 2 + length_bytes;
  return bytes.subarray(start, start + bytes.readUIntBE(2, length_bytes));
}

function der(tag: number, ...parts: readonly Buffer[]): Buffer {
  const content = Buffer.concat(parts);
  if (content.length > 0x7f) throw new RangeError('longer than a request can be');
  return Buffer.concat([Buffer.of(tag, content.length), content]);
}
