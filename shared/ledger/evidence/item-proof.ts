import { Malformed } from '../verify/malformed.ts';
import { leafDigest, verifyInclusion } from '../verify/merkle.ts';
import { decodeBase64 } from '../verify/note.ts';
import { parseLeafView } from './leaf-view.ts';

/** A path in a tree of at most 2^32 items. */
const path_hashes_max = 32;

/**
 * Checks that `item` was in the batch that `leaf` is about.
 * @throws Malformed saying what does not hold.
 */
export function verifyItem(text: string, item: Buffer, leaf: Buffer): { readonly position: number } {
  const [, position = '', count = '', salt = '', hashes = ''] =
    /^breakwater-item-proof\/v1\nitem (0|[1-9]\d{0,9}) of ([1-9]\d{0,9})\nsalt ([0-9a-f]{32})\n((?:\S+\n)*)$/u.exec(
      text,
    ) ?? [];
  if (position === '') throw new Malformed('it is not a proof of an item');
  const path = hashes
    .split('\n')
    .slice(0, -1)
    .map((line) => decodeBase64(line, 'a hash'));
  if (path.length > path_hashes_max) throw new Malformed('the proof is longer than any batch is high');
  const { facts } = parseLeafView(leaf.toString()) ?? {};
  if (facts?.['root'] === undefined || facts['records'] !== count)
    throw new Malformed(`the leaf is not about a batch of ${count} items`);
  const digest = Buffer.from(leafDigest(Buffer.concat([Buffer.from(salt, 'hex'), item])), 'binary');
  const root = Buffer.from(facts['root'], 'hex');
  if (!verifyInclusion(Number(position), Number(count), digest, path, root))
    throw new Malformed(`the item is not the one at ${position} of the batch`);
  return { position: Number(position) };
}
