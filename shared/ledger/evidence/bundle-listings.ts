import { readdirSync } from 'node:fs';
import { Malformed } from '../verify/malformed.ts';
import { columns, csvLine, rowOf } from './csv.ts';
import { type ExportedBody, parseBody } from './exported-body.ts';
import type { LeafView } from './filter.ts';
import type { Findings } from './findings.ts';
import { linesOf } from './lines.ts';

/** A leaf as the listings of a bundle show it. */
export interface ListedLeaf {
  readonly log: string;
  readonly index: number;
  /** Hex. */
  readonly leaf_hash: string;
  /** As it was written. */
  readonly text: string;
  readonly view: LeafView;
}

const names = ['index.csv', 'records.ndjson', 'records.csv', 'bodies.ndjson'] as const;
type Name = (typeof names)[number];

/**
 * The listings of a bundle, read in step with the leaves: `index.csv` has every leaf of the range, the others those that
 * match. Each call takes the next record, and throws Malformed when that is another than it must be.
 */
export class Listings {
  readonly #lines: ReadonlyMap<Name, Iterator<string>>;

  private constructor(folder: string) {
    this.#lines = new Map(names.map((name) => [name, linesOf(`${folder}/${name}`)]));
  }

  /** Undefined when one of them is missing, which is reported. @throws Malformed for a wrong header. */
  static open(folder: string, findings: Findings): Listings | undefined {
    const present = readdirSync(folder);
    const missing = names.filter((name) => !present.includes(name));
    for (const name of missing) findings.report(name, 'is missing');
    if (missing.length > 0) return undefined;
    const listings = new Listings(folder);
    listings.#require('index.csv', 'log,index,leaf_hash,status', 'header');
    listings.#require('records.csv', csvLine(columns).trimEnd(), 'header');
    return listings;
  }

  /** The next leaf of the range, and whether it matches. */
  requireIndexed({ log, index, leaf_hash }: ListedLeaf, matching: boolean): void {
    const status = matching ? 'match' : 'other';
    this.#require('index.csv', `${log},${index},${leaf_hash},${status}`, `${log} leaf ${index}`);
  }

  /** The next leaf that matches. */
  requireShown({ log, index, leaf_hash, text, view }: ListedLeaf): void {
    const where = `${log} leaf ${index}`;
    this.#require('records.ndjson', text, where);
    this.#require('records.csv', csvLine(rowOf(log, index, leaf_hash, view)).trimEnd(), where);
  }

  /** The body of the next leaf that matches and has one. */
  takeBody({ log, index }: ListedLeaf): ExportedBody {
    const line = this.#next('bodies.ndjson');
    const body = line === undefined ? undefined : parseBody(line);
    if (body === undefined || body.log !== log || body.index !== index) {
      throw new Malformed(`bodies.ndjson does not have the body of ${log} leaf ${index} where it must be`);
    }
    return body;
  }

  /** Reports what comes after the last leaf. */
  checkEnds(findings: Findings): void {
    for (const name of names) {
      if (this.#next(name) !== undefined) findings.report(name, 'goes on after the last leaf that matches');
    }
  }

  /** Reads one record of a listing, over several lines when `expected` has them. */
  #require(name: Name, expected: string, where: string): void {
    for (const part of expected.split('\n')) {
      if (this.#next(name)?.replace(/\r$/, '') === part.replace(/\r$/, '')) continue;
      throw new Malformed(`${name} does not have ${where} where it must be`);
    }
  }

  #next(name: Name): string | undefined {
    const line = this.#lines.get(name)?.next();
    return line === undefined || line.done === true ? undefined : line.value;
  }
}
