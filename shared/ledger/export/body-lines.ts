import { type BodyCipher, createBodyCipher } from '../bodies/body-cipher.ts';
import { BodyStore, type StoredBody } from '../bodies/body-store.ts';
import { pseudonymOf } from '../pseudonym.ts';
import { tile_width } from '../tile-path.ts';
import { redactBody } from './redaction.ts';
import type { ExportRequest } from './request.ts';

/** A line of `bodies.ndjson`, and what became of the body. */
export interface BodyLine {
  readonly status: 'open' | 'redacted' | 'erased';
  readonly text: string;
}

export interface BodySource {
  /** The ledger directory. */
  readonly directory: string;
  /** Decrypts bodies, makes pseudonyms. */
  readonly bodySecret: Buffer;
}

/** The bodies of a request's leaves, as its policy shows them. */
export class BodyLines {
  readonly #request: ExportRequest;
  readonly #source: BodySource;
  readonly #cipher: BodyCipher;
  /** The bodies of the 256 leaves looked at last. */
  #bundle: { readonly of: string; readonly bodies: ReadonlyMap<string, StoredBody> } | undefined;

  constructor(request: ExportRequest, source: BodySource) {
    this.#request = request;
    this.#source = source;
    this.#cipher = createBodyCipher(source.bodySecret, request.tenant);
  }

  /** The line for one leaf of a log. */
  lineOf(log: string, index: number, commitment: string): BodyLine {
    const stored = this.#bundleOf(log, index).get(`${index} ${commitment}`);
    if (stored?.kind !== 'sealed') return line('erased', { log, index });
    const { salt, plaintext } = this.#cipher.open(stored.body);
    if (this.#request.bodies === 'full')
      return line('open', { log, index, salt: salt.toString('base64'), plaintext: plaintext.toString() });
    const { tenant, purpose, redaction } = this.#request;
    const pseudonym = (name: string): string => pseudonymOf(this.#source.bodySecret, tenant, purpose, name);
    return line('redacted', { log, index, body: redactBody(plaintext, redaction, pseudonym) });
  }

  #bundleOf(log: string, index: number): ReadonlyMap<string, StoredBody> {
    const bundle = Math.floor(index / tile_width);
    const of = `${log}/${bundle}`;
    if (this.#bundle?.of !== of)
      this.#bundle = { of, bodies: new BodyStore(this.#source.directory, log).readBundle(bundle) };
    return this.#bundle.bodies;
  }
}

function line(status: BodyLine['status'], content: Readonly<Record<string, unknown>>): BodyLine {
  const { log, index, ...rest } = content;
  return { status, text: `${JSON.stringify({ log, index, status, ...rest })}\n` };
}
