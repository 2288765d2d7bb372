import fc from 'fast-check';
import { expect, test } from 'vitest';
import { verifyItem } from '../evidence/item-proof.ts';
import { encodeLeaf } from '../records/leaf.ts';
import { itemProofText, proveItem, sealItems } from './item-tree.ts';

const items = fc.array(fc.uint8Array({ maxLength: 40 }), { minLength: 1, maxLength: 70 });

function leafOf(root: Buffer, records: number): Buffer {
  return encodeLeaf({
    facts: { root: root.toString('hex'), records: String(records) },
    log: 'acme',
    outcome: 'success',
    producer: 'runtime/1',
    received_us: '1',
    sequence: '0',
    tenant: 'acme',
    time_us: '1',
    type: 'batch.ingest',
  });
}

test('every item of a batch of any size can be proven, and no other bytes in its place', () => {
  fc.assert(
    fc.property(items, fc.nat(), (batch, at) => {
      const position = at % batch.length;
      const { root, body } = sealItems(batch);
      const text = itemProofText(proveItem(body, position));
      const leaf = leafOf(root, batch.length);
      const item = Buffer.from(batch[position] ?? []);
      expect(verifyItem(text, item, leaf)).toEqual({ position });
      expect(() => verifyItem(text, Buffer.concat([item, Buffer.of(0)]), leaf)).toThrow('is not the one');
      expect(() => verifyItem(text, item, leafOf(Buffer.alloc(32), batch.length))).toThrow('is not the one');
    }),
  );
});

test('what is not a proof of this batch is refused', () => {
  const batch = [Buffer.from('a'), Buffer.from('b'), Buffer.from('c')];
  const { root, body } = sealItems(batch);
  const text = itemProofText(proveItem(body, 1));
  const item = Buffer.from('b');
  const leaf = leafOf(root, 3);
  const wrong = [
    ['it is not a proof', text.replace('v1', 'v2'), leaf],
    ['it is not a proof', text.replace(/salt ../, 'salt '), leaf],
    ['is not the one', text.replace('item 1', 'item 0'), leaf],
    ['is not the one', text.split('\n').slice(0, -2).join('\n').concat('\n'), leaf],
    ['canonical base64', `${text}x\n`, leaf],
    ['longer than any', `${text}${'AAAA\n'.repeat(33)}`, leaf],
    ['not about a batch of 3', text, leafOf(root, 4)],
    ['not about a batch of 3', text, Buffer.from('{}')],
  ] as const;
  for (const [why, proof, of] of wrong) expect(() => verifyItem(proof, item, of), why).toThrow(why);
  expect(() => proveItem(body, 3)).toThrow('none at 3');
});

test('the same items twice have nothing in common: a record cannot be found by guessing', () => {
  const batch = [Buffer.from('alice logged in'), Buffer.from('alice logged in')];
  const [first, second] = [sealItems(batch), sealItems(batch)];
  expect(first.root).not.toEqual(second.root);
  const { path } = proveItem(first.body, 0);
  expect(proveItem(first.body, 1).path).not.toEqual(path);
});
