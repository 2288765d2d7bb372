import type { Rotation } from '../verify/key-chain.ts';
import { type VerifierKey, verifierKeyOf } from '../verify/note.ts';
import type { CheckedLeaf } from './leaf-text.ts';

/** Rotations of the signing key against what one log says of them. */
export class RotationChecker {
  readonly #rotations: readonly Rotation[];
  readonly #told = new Set<string>();
  #first_us: bigint | undefined;
  #last_us = 0n;

  constructor(rotations: readonly Rotation[]) {
    this.#rotations = rotations;
  }

  note(leaf: CheckedLeaf): void {
    this.#last_us = BigInt(leaf.received_us);
    this.#first_us ??= this.#last_us;
    if (leaf.type === 'key.rotated') this.#told.add(leaf.facts['statement_sha256'] ?? '');
  }

  /** What is wrong with who signed the log's checkpoint. */
  findings(signers: readonly VerifierKey[]): string[] {
    return this.#rotations.flatMap((rotation) => {
      const isSignedBy = (material: Buffer): boolean =>
        signers.some(({ name, id }) => verifierKeyOf(name, material).id === id);
      const wrong: string[] = [];
      const began = this.#first_us !== undefined && this.#first_us < BigInt(rotation.from_s) * 1_000_000n;
      if (began && isSignedBy(rotation.next) && !this.#told.has(rotation.sha256))
        wrong.push('is signed by a later key, and no leaf says that the key was rotated');
      const ended = this.#last_us > BigInt(rotation.until_s) * 1_000_000n;
      if (ended && isSignedBy(rotation.old) && !isSignedBy(rotation.next))
        wrong.push('is signed by a key that was rotated away before its last leaf');
      return wrong;
    });
  }
}
