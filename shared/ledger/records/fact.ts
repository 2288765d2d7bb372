/**
 * What a fact of a leaf may look like. Leaves are public to every auditor and cannot be erased, so a fact is a count, a
 * hash or a machine's name; a value that fits none of these goes into the encrypted body.
 */
export interface FactKind {
  readonly description: string;
  readonly pattern: RegExp;
}

function kind(description: string, pattern: RegExp): FactKind {
  return { description, pattern };
}

export const count = kind('a decimal count or offset', /^\d{1,20}$/);
export const signed = kind('a decimal number', /^-?\d{1,20}$/);
export const sha256 = kind('64 hex digits', /^[0-9a-f]{64}$/);
/** No `@`, no spaces: neither a mail address nor a person's full name fits. */
export const name = kind('a machine name: topic, rule, route, image, object', /^[A-Za-z0-9._:/*+~-]{1,255}$/);
export const word = kind('one word of a fixed vocabulary', /^[a-z][a-z0-9_.-]{0,63}$/);
export const names = kind(
  'machine names separated by spaces',
  /^[A-Za-z0-9._:/*+~-]{1,255}(?: [A-Za-z0-9._:/*+~-]{1,255}){0,31}$/,
);
/** Entities and what they are in; people and addresses as pseudonyms. */
export const entities = kind(
  'up to 64 machine names or pseudonyms separated by spaces',
  /^[A-Za-z0-9._:/*+~-]{1,255}(?: [A-Za-z0-9._:/*+~-]{1,255}){0,63}$/,
);
export const ids = kind(
  'up to 1,024 ids of signals separated by spaces',
  /^[A-Za-z0-9_-]{1,32}(?: [A-Za-z0-9_-]{1,32}){0,1023}$/,
);
export const hashes = kind(
  'up to 32 hashes (hex) separated by spaces',
  /^[0-9a-f]{64}(?: [0-9a-f]{64}){0,31}$/,
);
/** Ranges that one fact lists. */
export const ranges_max = 128;
export const ranges = kind(
  'up to 128 leaf indexes or ranges of them separated by spaces',
  /^\d{1,15}(?:-\d{1,15})?(?: \d{1,15}(?:-\d{1,15})?){0,127}$/,
);
export const actor = kind(
  'who acted: a service, or a pseudonym',
  /^(?:service|pseudonym):[A-Za-z0-9._/-]{1,128}$/,
);
