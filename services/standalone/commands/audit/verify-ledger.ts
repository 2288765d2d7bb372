import { existsSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { BodyStore, type StoredBody } from '#shared/ledger/bodies/body-store.ts';
import { parseLeafView } from '#shared/ledger/evidence/leaf-view.ts';
import { AnchoredHeads } from '#shared/ledger/evidence/heads.ts';
import { type LedgerLogReport, listLogs, verifyLedgerLog } from '#shared/ledger/evidence/ledger.ts';
import { LifecycleChecker } from '#shared/ledger/evidence/lifecycle.ts';
import { minimumIndexOf } from '#shared/ledger/evidence/minimum-index.ts';
import { parseLogName } from '#shared/ledger/log-name.ts';
import { rotationFolder } from '#shared/ledger/rotation/signing-keys.ts';
import type { Checkpoint } from '#shared/ledger/verify/checkpoint.ts';
import { keysOfChain, readRotations, type Rotation } from '#shared/ledger/verify/key-chain.ts';
import type { Finding } from '#shared/ledger/verify/log.ts';
import { parseVerifierKey, type VerifierKey } from '#shared/ledger/verify/note.ts';
import { keyText } from './files.ts';
import type { Report } from './report.ts';

export interface LedgerCheckOptions {
  /** The verifier key that the reader trusts; without it those of the folder are used. */
  readonly key: string | undefined;
  readonly witnesses: readonly VerifierKey[];
  readonly quorum: number;
  /** Checkpoints that the reader kept. */
  readonly kept: readonly Checkpoint[];
  /** How far the reader accepts a log to be pruned whatever its leaves say. */
  readonly minimum_index: number | undefined;
}

/** Checks the logs of a ledger folder, or one of them, and what they say about one another. */
export class LedgerCheck {
  readonly #options: LedgerCheckOptions;
  readonly #directory: string;
  readonly #logs: readonly string[];
  readonly #heads = new AnchoredHeads();
  readonly #lifecycle: LifecycleChecker;
  readonly #rotations: readonly Rotation[];
  readonly #bodies = new Map<string, { kept: number; erased: number }>();

  /** @throws Malformed when a rotation of the signing key is not what it should be. */
  constructor(folder: string, options: LedgerCheckOptions) {
    this.#options = options;
    const isSingle = existsSync(join(folder, 'checkpoint'));
    this.#directory = isSingle ? dirname(folder) : folder;
    this.#logs = isSingle ? [basename(folder)] : listLogs(folder).toSorted(anchorsFirst);
    this.#lifecycle = new LifecycleChecker(this.#directory);
    this.#rotations = readRotations(rotationFolder(this.#directory));
  }

  reports(): Report[] {
    const checked = this.#logs.map((log) => this.#check(log));
    // Leaves of later logs say what was pruned and erased of earlier ones.
    const unsaid = Map.groupBy(this.#lifecycle.erasures.unsupported(), ({ log }) => log);
    return checked.map((report) => {
      const bodies = (unsaid.get(report.log) ?? []).filter(() => !this.#hasPrunedSuccessor(report.log));
      const lost = bodies.map(({ index }) => ({
        where: `body of leaf ${index}`,
        what: 'is gone, and no leaf says that it was erased',
      }));
      const findings = [...report.findings, ...this.#checkPruned(report), ...lost];
      return { name: report.log, about: this.#describe(report), findings, losses: report.losses };
    });
  }

  #check(log: string): LedgerLogReport {
    const vkey = this.#keyOf(log);
    const key = parseVerifierKey(vkey);
    const isAnchor = log.startsWith('_');
    const claimed = minimumIndexOf(this.#directory, log);
    const isPruned = claimed > 0 || this.#logs.length === 1;
    const minimum_index = isPruned ? (this.#options.minimum_index ?? claimed) : 0;
    const readBody = this.#bodyReader(log);
    return verifyLedgerLog(this.#directory, log, vkey, {
      witnesses: this.#options.witnesses,
      quorum: isAnchor ? this.#options.quorum : 0,
      otherKeys: keysOfChain(this.#rotations, key),
      rotations: this.#rotations,
      lifecycle: this.#lifecycle,
      minimum_index,
      earlier: [
        ...this.#options.kept.filter(({ origin }) => origin === key.name),
        // Heads of what is pruned cannot be compared, and need not be: nobody relies on what is gone.
        ...this.#heads.of(log, key.name).filter(({ size }) => size >= minimum_index),
      ],
      onEntry: (entry, index) => {
        if (isAnchor) this.#heads.note(entry);
        else if (readBody !== undefined) this.#checkBody(log, entry, index, readBody);
        return undefined;
      },
    });
  }

  /** Undefined when bodies are not at hand: they are not part of what outsiders are given. */
  #bodyReader(log: string): BodyReader | undefined {
    const store = new BodyStore(this.#directory, log);
    if (!store.isPresent) return undefined;
    this.#bodies.set(log, { kept: 0, erased: 0 });
    return store.bundleReader();
  }

  #checkBody(log: string, entry: Buffer, index: number, read: BodyReader): void {
    const { body } = parseLeafView(entry.toString()) ?? {};
    const counts = this.#bodies.get(log);
    if (body === undefined || counts === undefined) return;
    const isKept = read(index, body.commitment)?.kind === 'sealed';
    counts[isKept ? 'kept' : 'erased'] += 1;
    if (!isKept) this.#lifecycle.erasures.claim(log, index);
  }

  #checkPruned({ log, first_index, checkpoint }: LedgerLogReport): Finding[] {
    const accepted = this.#options.minimum_index ?? this.#lifecycle.prunedTo(log);
    if (checkpoint === undefined || first_index <= accepted) return [];
    const what = `lacks the leaves before ${first_index}, and no leaf says that they were pruned`;
    return [{ where: 'minimum-index', what }];
  }

  /** Whether leaves of a later log, which may have told of this one, are gone themselves. */
  #hasPrunedSuccessor(log: string): boolean {
    const own = parseLogName(log);
    return this.#logs.some((other) => {
      const parsed = parseLogName(other);
      return (
        parsed?.prefix === own?.prefix &&
        (parsed?.shard ?? '') > (own?.shard ?? '') &&
        minimumIndexOf(this.#directory, other) > 0
      );
    });
  }

  #describe({ log, vkey, checkpoint, signatures, first_index }: LedgerLogReport): string[] {
    if (checkpoint === undefined) return [];
    const about = [`${checkpoint.size} leaves, root ${checkpoint.root.toString('base64')}`];
    if (first_index > 0) about.push(`pruned: every leaf from ${first_index} on was checked, none before`);
    const bodies = this.#bodies.get(log);
    if (bodies !== undefined) about.push(`${bodies.kept} bodies are kept, ${bodies.erased} were erased`);
    for (const { key, time_s } of signatures) {
      const time = time_s === undefined ? '' : ` at ${new Date(Number(time_s) * 1000).toISOString()}`;
      about.push(`signed by ${key.name} (key ${key.id})${time}`);
    }
    if (this.#options.key === undefined)
      about.push(`key from this folder; compare it with the one you were given: ${vkey}`);
    return about;
  }

  /**
   * The key to check a log with: the one that the reader was given, or the log's own when it is the same public key, or
   * one that rotations lead to from it, under the log's name. One operator signs all of its logs with one key.
   */
  #keyOf(log: string): string {
    const path = join(this.#directory, `${log}.vkey`);
    if (this.#options.key === undefined) return keyText(path);
    const own = existsSync(path) ? keyText(path) : this.#options.key;
    const trusted = parseVerifierKey(this.#options.key);
    const accepted = [trusted, ...keysOfChain(this.#rotations, trusted)];
    const isOurs = accepted.some(({ key }) => key.equals(parseVerifierKey(own).key));
    return isOurs ? own : this.#options.key;
  }
}

type BodyReader = (index: number, commitment: string) => StoredBody | undefined;

/** What the log of heads says of the others is known when they are looked at. */
function anchorsFirst(a: string, b: string): number {
  const [first, second] = [a, b].map((log) => (log.startsWith('_') ? `0${log}` : `1${log}`));
  if (first === second) return 0;
  return (first ?? '') < (second ?? '') ? -1 : 1;
}
