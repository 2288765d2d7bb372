import { LRUCache } from 'lru-cache';
import { type KnownInterval, mergeInterval, valueText } from './intervals.ts';
import type { ContextStore } from './port.ts';

/** A pod has a handful of keys (uid, name, addresses, containers): room for some tens of thousands of pods. */
const keys_max = 200_000;

/** Context within this process, for replay and tests. The keys used longest ago are forgotten first. */
export function createMemoryContextStore(): ContextStore {
  const known = new LRUCache<string, readonly KnownInterval[]>({ max: keys_max });
  return {
    read: async (keys) => keys.map((key) => (known.get(key) ?? []).map(({ interval }) => interval)),
    async write(entries) {
      for (const { key, from_ns, to_ns, value } of entries) {
        const said = { text: valueText(value), interval: { from_ns, to_ns, value } };
        known.set(key, mergeInterval(known.get(key) ?? [], said));
      }
    },
    close: () => Promise.resolve(),
  };
}
