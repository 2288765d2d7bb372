import type { AuditRecord } from '#shared/avro/types.generated.ts';
import type { BodyCipher, SealedBody } from '#shared/ledger/bodies/body-cipher.ts';
import { encodeLeaf, type Leaf, splitFacts } from '#shared/ledger/records/leaf.ts';

/** Records that become consecutive leaves of one log, and the bodies that go with them. */
export class LeafBatch {
  readonly leaves: Buffer[] = [];
  readonly bodies: { readonly index: number; readonly body: SealedBody }[] = [];
  readonly #log: string;
  readonly #first: number;
  readonly #cipher: BodyCipher;

  /** `first` is the index of the first leaf. */
  constructor(log: string, first: number, cipher: BodyCipher) {
    this.#log = log;
    this.#first = first;
    this.#cipher = cipher;
  }

  /** Returns the facts that the leaf shows. */
  add(record: AuditRecord, received_ms: number, source?: Leaf['source']): Leaf['facts'] {
    const { shown, hidden } = splitFacts(record.type, record.facts);
    const plaintext = bodyOf(record, hidden);
    const sealed = plaintext === undefined ? undefined : this.#cipher.seal(plaintext);
    if (sealed !== undefined) {
      this.bodies.push({ index: this.#first + this.leaves.length, body: sealed.sealed });
    }
    this.leaves.push(
      encodeLeaf({
        body: sealed?.reference,
        facts: shown,
        log: this.#log,
        outcome: record.outcome,
        producer: record.producer,
        received_us: String(received_ms * 1000),
        sequence: String(record.sequence),
        source,
        tenant: record.tenant,
        time_us: String(record.time_ns / 1000n),
        type: record.type,
      }),
    );
    return shown;
  }
}

/** JSON of what the leaf does not show; undefined when it shows all. */
function bodyOf(record: AuditRecord, hidden: Readonly<Record<string, string>>): Buffer | undefined {
  const facts = Object.keys(hidden).length > 0 ? hidden : undefined;
  if (facts === undefined && record.body === null) return undefined;
  return Buffer.from(JSON.stringify({ body: record.body?.toString(), facts }));
}
