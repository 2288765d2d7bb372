import { hash } from 'node:crypto';
import { codecs } from '#shared/avro/codecs.ts';
import type { Signal } from '#shared/avro/types.generated.ts';

/** Parts that a leaf names; beyond it only their number and their hash. */
const parts_named_max = 1_024;

/** SHA-256 of a signal's record, hex: what the leaf of a detection has as `record_sha256`. */
export function signalHash(signal: Signal): string {
  return hash('sha256', codecs.signal.encode(signal));
}

/**
 * What a leaf says of a signal: which rule judged which record. Entities and what evidence is looked up by are listed as
 * `entities`, `namespaces` and `images`; the auditor puts pseudonyms in the place of people.
 */
export function detectionFacts(signal: Signal, record_sha256: string): Record<string, string> {
  const { id, rule, family, event, parts, actors, targets, fields } = signal;
  const image = fields['container.image.name'];
  const tag = fields['container.image.tag'];
  const facts = {
    signal: id,
    rule: rule.id,
    rule_sha256: rule.sha256 ?? '',
    level: rule.level,
    origin: rule.origin,
    family,
    event: event.id,
    event_hash: event.hash,
    parts: String(parts.length),
    part_ids: parts.slice(0, parts_named_max).join(' '),
    record_sha256,
    entities: [...actors, ...targets].join('\n'),
    namespaces: fields['orchestrator.namespace'] ?? '',
    images: [
      image === undefined || tag === undefined ? (image ?? '') : `${image}:${tag}`,
      fields['container.image.hash.all'] ?? '',
    ].join(' '),
  };
  return Object.fromEntries(Object.entries(facts).filter(([, value]) => value.trim() !== ''));
}

/**
 * SHA-256 over the `record_sha256` of each part of a firing, in its order, a line each: anybody who has the parts' leaves
 * can make it again.
 */
export function partsHash(record_hashes: readonly string[]): string {
  return hash('sha256', record_hashes.map((each) => `${each}\n`).join(''));
}
