import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { pruneLog } from '#shared/ledger/lifecycle/prune.ts';
import { inclusionProof, TreeReader } from '#shared/ledger/proof.ts';
import { rotateKey } from '#shared/ledger/rotation/rotate.ts';
import { createLogSigner, openKeySource } from '#shared/ledger/rotation/signing-keys.ts';
import { LogWriter } from '#shared/ledger/writer/log-writer.ts';
import { entryAt } from './make-log.ts';
import { askSigstore } from './sigstore.ts';
import { ask, buildGoTools } from './tools.ts';

const tools = await buildGoTools();
if (tools.kind === 'absent') {
  process.stderr.write(`NOT RUN: the Go verifiers cannot be built here: ${tools.reason}\n`);
}
const goVerifiers = tools.kind === 'absent' ? [] : [tools.xmod, tools.fsck];
const origin = 'foreign.example/life';
const size = 1_000;
let directory: string;
/** Files of verifier keys: before the rotation, and after it. */
let vkeys: readonly [string, string];
let now_ms = 1_000_000;

/** A log whose key was rotated; the overlap has begun. */
beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'life-'));
  const firstKey = join(directory, 'keys/ledger.pem');
  const keys = openKeySource(directory, firstKey);
  const signer = createLogSigner(origin, keys, () => now_ms);
  vkeys = [join(directory, 'old.vkey'), join(directory, 'new.vkey')];
  writeFileSync(vkeys[0], signer.vkey);
  await rotateKey({ directory, firstKey, keys, operator: 'foreign.example', now_ms, overlap_ms: 60_000 });
  writeFileSync(vkeys[1], signer.vkey);
});
afterAll(() => rmSync(directory, { recursive: true }));

async function writeSome(): Promise<void> {
  const keys = openKeySource(directory, join(directory, 'keys/ledger.pem'));
  const signer = createLogSigner(origin, keys, () => now_ms);
  const writer = await LogWriter.open({ directory, log: 'life', signer });
  await writer.append(
    Array.from({ length: size - writer.size }, (_, index) => entryAt(index)),
    '',
  );
  await writer.publish();
  await writer.close();
}

async function verdicts(vkey: string): Promise<boolean[]> {
  const asked = goVerifiers.map((program) => ask(program, [join(directory, 'life'), vkey]));
  return (await Promise.all(asked)).map(({ accepted }) => accepted);
}

describe('after a rotation of the key', () => {
  test.skipIf(tools.kind === 'absent')('x/mod and Tessera accept whichever key is valid', async () => {
    await writeSome();
    expect(await verdicts(vkeys[0]), 'the old key, while both sign').toEqual([true, true]);
    expect(await verdicts(vkeys[1]), 'the new key, while both sign').toEqual([true, true]);
    now_ms += 61_000;
    await writeSome();
    expect(await verdicts(vkeys[0]), 'the old key, when its time is over').toEqual([false, false]);
    expect(await verdicts(vkeys[1])).toEqual([true, true]);
  });

  test('what is left of a pruned log is proven to Sigstore as before', async () => {
    now_ms += 61_000;
    await writeSome();
    await pruneLog(directory, 'life', 512, 0);
    const tree = new TreeReader(join(directory, 'life'), size);
    for (const index of [512, 600, 767, 768, 999]) {
      const claim = {
        index,
        entry: entryAt(index),
        path: inclusionProof(tree, index),
        checkpoint: readFileSync(join(directory, 'life/checkpoint'), 'utf8'),
        vkey: readFileSync(vkeys[1], 'utf8'),
        key: openKeySource(directory, join(directory, 'keys/ledger.pem'))(now_ms).current,
      };
      expect(() => askSigstore(claim), `${index}`).not.toThrow();
      expect(() => askSigstore({ ...claim, entry: entryAt(0) })).toThrow();
    }
    expect(() => inclusionProof(tree, 100)).toThrow('missing');
  });
});
