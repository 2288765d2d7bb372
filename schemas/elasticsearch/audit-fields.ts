import type { ExtensionFields } from './field.ts';

/** One leaf of the audit ledger, as the search copy shows it. */
export const auditFields: ExtensionFields = {
  'audit.log': { type: 'keyword', description: 'Origin of the log that holds the leaf.' },
  'audit.leaf_index': { type: 'long', description: 'Position of the leaf in its log.' },
  'audit.leaf_hash': { type: 'keyword', description: 'RFC 6962 hash of the leaf.' },
  'audit.type': { type: 'keyword', description: 'Name in the record catalogue.' },
  'audit.producer': { type: 'keyword', description: 'Service and instance that wrote the record.' },
  'audit.sequence': { type: 'long', description: 'Number of the record among those of its producer.' },
  'audit.tenant': { type: 'keyword', description: 'Tenant that the record belongs to.' },
  'audit.facts': { type: 'flattened', description: 'Machine facts: counts, hashes, offsets.' },
};
