import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';

/** Avro schema as JSON, as far as our schemas use it. */
type Schema = string | readonly Schema[] | NamedSchema;
interface NamedSchema {
  readonly type: Schema;
  readonly name?: string;
  readonly doc?: string;
  readonly symbols?: readonly string[];
  readonly items?: Schema;
  readonly values?: Schema;
  readonly fields?: readonly Field[];
}
interface Field {
  readonly name: string;
  readonly type: Schema;
  readonly doc?: string;
  /** Has a default, and may be left out when writing. */
  readonly optional?: boolean;
}

const schemasFolder = join(import.meta.dirname, '../../schemas/avro');
export const generatedFile = join(import.meta.dirname, 'types.generated.ts');

const primitives: Readonly<Record<string, string>> = {
  string: 'string',
  boolean: 'boolean',
  int: 'number',
  long: 'bigint',
  float: 'number',
  double: 'number',
  bytes: 'Buffer',
  null: 'null',
};

/** Renders TypeScript types for every schema in `schemas/avro`; the file is checked in and compared by a test. */
export function renderTypes(): string {
  const declarations = new Map<string, string>();
  const files = readdirSync(schemasFolder).filter((file) => file.endsWith('.avsc'));
  for (const file of files.toSorted()) {
    const schema: Schema = JSON.parse(readFileSync(join(schemasFolder, file), 'utf8'));
    typeOf(schema, declarations, basename(file));
  }
  const banner = '// Generated from schemas/avro by `make generate`. Do not edit.\n';
  return `${banner}\n${[...declarations.values()].join('\n')}`;
}

function typeOf(schema: Schema, declarations: Map<string, string>, file: string): string {
  if (typeof schema === 'string') return primitives[schema] ?? schema;
  if (isUnion(schema)) return schema.map((branch) => typeOf(branch, declarations, file)).join(' | ');
  if (schema.type === 'array') return `readonly ${typeOf(schema.items ?? 'null', declarations, file)}[]`;
  if (schema.type === 'map') {
    return `Readonly<Record<string, ${typeOf(schema.values ?? 'null', declarations, file)}>>`;
  }
  if (schema.type === 'enum') return declareEnum(schema, declarations, file);
  if (schema.type === 'record') return declareRecord(schema, declarations, file);
  return typeOf(schema.type, declarations, file);
}

function isUnion(schema: Schema): schema is readonly Schema[] {
  return Array.isArray(schema);
}

function declareEnum(schema: NamedSchema, declarations: Map<string, string>, file: string): string {
  const name = nameOf(schema, file);
  const symbols = (schema.symbols ?? []).map((symbol) => `'${symbol}'`).join(' | ');
  declarations.set(name, `${comment(schema.doc, '')}export type ${name} = ${symbols};\n`);
  return name;
}

function declareRecord(schema: NamedSchema, declarations: Map<string, string>, file: string): string {
  const name = nameOf(schema, file);
  const lines = (schema.fields ?? []).map((field) => {
    const type = typeOf(field.type, declarations, file);
    const member = field.optional === true ? `${field.name}?: ${type} | undefined` : `${field.name}: ${type}`;
    return `${comment(field.doc, '  ')}  readonly ${member};\n`;
  });
  declarations.set(name, `${comment(schema.doc, '')}export interface ${name} {\n${lines.join('')}}\n`);
  return name;
}

function nameOf(schema: NamedSchema, file: string): string {
  if (schema.name === undefined) throw new Error(`${file}: a named schema without a name`);
  return schema.name;
}

function comment(doc: string | undefined, indent: string): string {
  return doc === undefined ? '' : `${indent}/** ${doc} */\n`;
}

if (import.meta.main) writeFileSync(generatedFile, renderTypes());
