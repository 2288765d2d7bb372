import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import avsc from 'avsc';
import { installDecodeGuard } from './guard.ts';
import { bigintLong } from './long.ts';
import { measuredText } from './text.ts';

export const schemasFolder = join(import.meta.dirname, '../../schemas/avro');

export type SchemaName =
  | 'audit-record'
  | 'decision'
  | 'event'
  | 'fact'
  | 'incident'
  | 'signal'
  | 'timeline-entry';

/** The schema that we write. */
export function currentType(name: SchemaName): avsc.Type {
  return typeOf(join(schemasFolder, `${name}.avsc`));
}

/** Every version that may lie on a topic, the oldest first: `history/<name>/1.avsc`, `2.avsc`, … */
export function historyTypes(name: SchemaName): readonly avsc.Type[] {
  const folder = join(schemasFolder, 'history', name);
  const versions = readdirSync(folder).map((file) => Number.parseInt(file, 10));
  return versions.toSorted((a, b) => a - b).map((version) => typeOf(join(folder, `${version}.avsc`)));
}

function typeOf(file: string): avsc.Type {
  return parseSchema(JSON.parse(readFileSync(file, 'utf8')));
}

/** An avsc type with our longs and texts, plain records and a guarded decoder. */
export function parseSchema(schema: avsc.Schema): avsc.Type {
  installDecodeGuard();
  return avsc.Type.forSchema(schema, {
    omitRecordMethods: true,
    typeHook: (node) => (is('long', node) ? bigintLong : is('string', node) ? measuredText : undefined),
  });
}

function is(type: string, node: avsc.Schema): boolean {
  return node === type || (typeof node === 'object' && 'type' in node && node.type === type);
}

/** Avro's parsing canonical form: what the fingerprint is taken of. */
export function canonicalForm(type: avsc.Type): string {
  return JSON.stringify(type.schema());
}
