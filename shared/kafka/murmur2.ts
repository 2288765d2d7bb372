const seed = 0x9747b28c;
const multiplier = 0x5bd1e995;

/** The 32-bit hash with which Kafka's Java client spreads keys: signed, as in Java. */
export function murmur2(key: Buffer): number {
  const tail = key.length & 3;
  const end = key.length - tail;
  let hash = seed ^ key.length;
  for (let at = 0; at < end; at += 4) {
    let word = Math.imul(key.readInt32LE(at), multiplier);
    word ^= word >>> 24;
    hash = Math.imul(hash, multiplier) ^ Math.imul(word, multiplier);
  }
  if (tail > 0) hash = Math.imul(hash ^ key.readUIntLE(end, tail), multiplier);
  hash = Math.imul(hash ^ (hash >>> 13), multiplier);
  return hash ^ (hash >>> 15);
}

/** The partition that the Java client would choose, so that all writers agree where a key lives. */
export function partitionOfKey(key: Buffer, partition_count: number): number {
  return partition_count === 1 ? 0 : (murmur2(key) & 0x7fffffff) % partition_count;
}
