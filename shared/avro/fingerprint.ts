const empty = 0xc15d213aa4d7a795n;

/** One entry a byte value: the fingerprint's shift register after eight steps. */
const table: readonly bigint[] = Array.from({ length: 256 }, (_, byte) => {
  let register = BigInt(byte);
  for (let bit = 0; bit < 8; bit++) register = (register >> 1n) ^ (register & 1n ? empty : 0n);
  return register;
});

/**
 * CRC-64-AVRO (Rabin) of a schema's parsing canonical form, as an unsigned 64-bit integer.
 * Avro specification, "Schema Fingerprints".
 */
export function fingerprintOf(canonicalForm: string): bigint {
  let register = empty;
  for (const byte of Buffer.from(canonicalForm, 'utf8')) {
    register = (register >> 8n) ^ (table[Number((register ^ BigInt(byte)) & 0xffn)] ?? 0n);
  }
  return register;
}
