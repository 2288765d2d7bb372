import { generateKeyPairSync } from 'node:crypto';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { rotateKey } from '#shared/ledger/rotation/rotate.ts';
import type { KeySource } from '#shared/ledger/rotation/signing-keys.ts';
import { LedgerWorld } from './testing/ledger-world.ts';

const day_ms = 86_400_000;
let world: LedgerWorld;

beforeEach(async () => {
  world = new LedgerWorld();
  await world.open();
});
afterEach(() => world.remove());

describe('a rotated key', () => {
  async function rotate(overlap_ms: number): Promise<void> {
    world.now_ms += 1_000;
    await rotateKey({
      directory: world.directory,
      firstKey: world.firstKey,
      keys: world.keys,
      operator: 'ledger.example',
      now_ms: world.now_ms,
      overlap_ms,
    });
    world.now_ms += 1_000;
    await world.log.heartbeat();
    await world.log.publish();
  }

  function vkey(): string {
    return world.about('acme-2026q1').match(/you were given: (\S+)/)?.[1] ?? '';
  }

  test('is followed from the first key; during the overlap both sign', async () => {
    await world.someReads(3);
    const first = vkey();
    await rotate(5 * day_ms);
    expect(vkey()).not.toBe(first);
    expect(world.about('acme-2026q1').match(/signed by/g)).toHaveLength(2);
    expect(world.verify({ key: first })).toEqual([]);
    world.now_ms += 6 * day_ms;
    await world.someReads(1);
    expect(world.about('acme-2026q1').match(/signed by/g)).toHaveLength(1);
    expect(world.verify({ key: first })).toEqual([]);
    expect(world.verify({ key: vkey() })).toEqual([]);
    expect((await world.typesOf()).filter((type) => type === 'key.rotated')).toHaveLength(1);
    await rotate(0);
    await world.nextQuarter();
    expect(world.verify({ key: first })).toEqual([]);
    expect((await world.typesOf()).filter((type) => type === 'key.rotated')).toHaveLength(2);
    rmSync(join(world.directory, 'key-rotations'), { recursive: true });
    expect(world.verify({ key: first })).not.toEqual([]);
  });

  test('is no key at all without the note that both keys signed', async () => {
    await world.someReads(3);
    const first = vkey();
    await world.log.close();
    const stranger = generateKeyPairSync('ed25519').privateKey;
    world.keys = () => ({ current: stranger, previous: [], rotation: undefined });
    await world.open();
    await world.someReads(1);
    expect(world.verify({ key: first })).toEqual(['acme-2026q1: checkpoint: no signature of a known key']);
  });

  test('of which no leaf tells is reported', async () => {
    await world.someReads(3);
    const first = vkey();
    world.now_ms += 1_000;
    await rotateKey({
      directory: world.directory,
      firstKey: world.firstKey,
      keys: world.keys,
      operator: 'ledger.example',
      now_ms: world.now_ms,
      overlap_ms: 0,
    });
    await world.log.close();
    const { current } = world.keys(world.now_ms + 1_000);
    const quiet: KeySource = () => ({ current, previous: [], rotation: undefined });
    const told = world.keys;
    world.keys = quiet;
    world.now_ms += 2_000;
    await world.open();
    await world.someReads(1);
    world.keys = told;
    expect(world.verify({ key: first })).toEqual([
      'acme-2026q1: checkpoint: is signed by a later key, and no leaf says that the key was rotated',
    ]);
  });

  test('cannot go on signing by itself when its time is over', async () => {
    await world.someReads(3);
    const first = vkey();
    const { current } = world.keys(world.now_ms);
    await rotate(0);
    await world.log.close();
    const told = world.keys;
    world.keys = () => ({ current, previous: [], rotation: undefined });
    world.now_ms += 5_000;
    await world.open();
    await world.someReads(1);
    world.keys = told;
    expect(world.verify({ key: first })).toEqual([
      'acme-2026q1: checkpoint: is signed by a key that was rotated away before its last leaf',
    ]);
  });
});
