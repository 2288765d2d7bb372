/** Field types that extension fields use; `profile.ts` of the templates says what becomes of each on which server. */
export type ExtensionType =
  | 'keyword'
  /** Long text that is searched by parts. */
  | 'wildcard'
  | 'text'
  | 'long'
  | 'float'
  | 'boolean'
  | 'ip'
  | 'date'
  | 'date_nanos'
  /** An object with free keys, searchable as keywords under one field. */
  | 'flattened';

/** A field that ECS does not know. */
export interface ExtensionField {
  readonly type: ExtensionType;
  /** For docs/fields.md. */
  readonly description: string;
}

export type ExtensionFields<Name extends string = string> = Readonly<Record<Name, ExtensionField>>;
