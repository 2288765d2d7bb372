import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import type { Family } from '#shared/avro/types.generated.ts';
import { validateDocument } from '#shared/ecs/validate.ts';
import type { Format } from '#shared/event/format.ts';
import { isJsonObject, type JsonObject } from '#shared/event/json.ts';
import { at } from '#shared/event/read.ts';
import { type Ingested, ingest } from './harness.ts';

/** Set to rewrite the expected files; review the difference before committing it. */
const updating = process.env['UPDATE_GOLDENS'] === '1';

const expectedSuffix = '.expected.json';

/**
 * One test for each `fixtures/<format>/<name>.<ext>`: what the whole ingest makes of that record must be what
 * `<name>.expected.json` says: events, signals and facts. `UPDATE_GOLDENS=1` writes the expected files.
 */
export function describeGoldens(family: Family, formats: readonly Format[], fixtures: URL): void {
  describe(`goldens of ${family}`, () => {
    const folder = fileURLToPath(fixtures);
    for (const name of inputs(folder)) {
      test(name, async () => {
        const input = readFileSync(`${folder}/${name}`);
        const ingested = await ingest({ family, formats }, input);
        expect(ingested.documents.flatMap(validateDocument)).toEqual([]);
        const text = `${JSON.stringify(readable(ingested, input), jsonSafe, 2)}\n`;
        const file = `${folder}/${name.replace(/\.[a-z]+$/, expectedSuffix)}`;
        if (updating) writeFileSync(file, text);
        expect(existsSync(file), `${file} is missing: run with UPDATE_GOLDENS=1`).toBe(true);
        expect(text).toBe(readFileSync(file, 'utf8'));
      });
    }
  });
}

function inputs(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.(?:json|ndjson|log|txt)$/.test(name) && !name.endsWith(expectedSuffix))
    .toSorted();
}

/** What a reader wants to see: no ids that follow from the rest, no copy of the input. */
function readable(ingested: Ingested, input: Buffer): JsonObject {
  const { outcomes, documents, signals, facts } = ingested;
  const raw = input.toString('utf8').trim();
  return {
    outcomes: outcomes.map((outcome) =>
      'reason' in outcome ? `${outcome.kind}: ${outcome.reason}` : outcome.kind,
    ),
    events: documents.map((document) => shorten(document, raw)),
    signals: signals.map(
      ({ rule, score, class: signalClass, tactics, techniques, actors, targets, summary }) => ({
        rule: { id: rule.id, title: rule.title, level: rule.level, origin: rule.origin },
        score,
        class: signalClass,
        tactics,
        techniques,
        actors,
        targets,
        summary,
      }),
    ),
    facts: facts.map(({ a, relation, b, from_ns, to_ns, confidence }) => {
      const interval = `[${time(from_ns)}, ${to_ns === null ? '' : time(to_ns)})`;
      return `${a} ${relation} ${b} ${interval} ${confidence}`;
    }),
  };
}

function time(time_ns: bigint): string {
  return new Date(Number(time_ns / 1_000_000n)).toISOString();
}

function shorten(document: JsonObject, raw: string): JsonObject {
  const { event, data_stream: _stream, ecs: _ecs, ...rest } = document;
  const original = at(event, 'original');
  const fields = isJsonObject(event) ? event : {};
  const { original: _original, ingested: _ingested, created: _created, hash: _hash, ...shown } = fields;
  const isRaw = typeof original === 'string' && original.trim() === raw;
  return { ...rest, event: { ...shown, ...(isRaw || original === undefined ? {} : { original }) } };
}

function jsonSafe(_key: string, value: unknown): unknown {
  return typeof value === 'bigint' ? String(value) : value;
}
