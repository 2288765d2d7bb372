import { Malformed } from '../verify/malformed.ts';
import { type ExportFilter, isFilter } from './filter.ts';

/** What an export says about itself; signed by the export key. */
export interface Manifest {
  readonly format: 'breakwater-export';
  readonly format_version: 1;
  readonly id: string;
  readonly tenant: string;
  /** ISO 8601. */
  readonly created: string;
  /** A pseudonym or an account of the organisation; never a free text of a third party. */
  readonly requester: string;
  /** Empty when policy asked for none. */
  readonly approver: string;
  readonly purpose: string;
  /** As it was asked, and as it was applied. */
  readonly filter_asked: string;
  readonly filter: ExportFilter;
  readonly logs: readonly ManifestLog[];
  /** Matching leaves of each type. */
  readonly counts: Readonly<Record<string, number>>;
  readonly bodies: {
    readonly policy: string;
    readonly open: number;
    readonly redacted: number;
    readonly erased: number;
  };
  /** Which fields of redacted bodies are removed and which have pseudonyms; there when bodies are redacted. */
  readonly redaction?:
    | { readonly remove: readonly string[]; readonly pseudonymise: readonly string[] }
    | undefined;
  /** The incident that `incident-report.json` and `.html` are about. */
  readonly report?: string | undefined;
  /** False when no witness had cosigned the anchor; then the last minutes rest on our word. */
  readonly witnessed: boolean;
  readonly software_version: string;
  /** Every file but the manifest, its signatures, and the tiles, which the checkpoints prove. */
  readonly files: Readonly<Record<string, { readonly bytes: number; readonly sha256: string }>>;
}

export interface ManifestLog {
  readonly log: string;
  readonly size: number;
  /** Hex. */
  readonly root: string;
  /** Every leaf from `range_first` to `range_next`, exclusive, is in the bundle. */
  readonly range_first: number;
  readonly range_next: number;
  readonly matching: number;
  readonly other: number;
}

export function parseManifest(text: string): Manifest {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new Malformed('is not JSON');
  }
  if (!isManifest(value)) throw new Malformed('is not a manifest of an export, version 1');
  return value;
}

function isManifest(value: unknown): value is Manifest {
  if (!isObject(value) || value['format'] !== 'breakwater-export' || value['format_version'] !== 1)
    return false;
  const texts = [
    'id',
    'tenant',
    'created',
    'requester',
    'approver',
    'purpose',
    'filter_asked',
    'software_version',
  ];
  if (!texts.every((key) => typeof value[key] === 'string') || typeof value['witnessed'] !== 'boolean')
    return false;
  const { logs, files, counts, bodies, filter, redaction, report } = value;
  if (report !== undefined && typeof report !== 'string') return false;
  if (redaction !== undefined && !isRedaction(redaction)) return false;
  if (!isObject(files) || !isObject(counts) || !isObject(bodies) || !isFilter(filter) || !Array.isArray(logs))
    return false;
  return (
    logs.every(isLog) &&
    Object.values(files).every(
      (file) => isObject(file) && isCount(file['bytes']) && typeof file['sha256'] === 'string',
    ) &&
    Object.values(counts).every(isCount) &&
    ['open', 'redacted', 'erased'].every((key) => isCount(bodies[key]))
  );
}

function isRedaction(value: unknown): boolean {
  return isObject(value) && ['remove', 'pseudonymise'].every((key) => Array.isArray(value[key]));
}

function isLog(value: unknown): boolean {
  if (!isObject(value) || typeof value['root'] !== 'string') return false;
  const counts = ['size', 'range_first', 'range_next', 'matching', 'other'];
  const name = value['log'];
  return (
    typeof name === 'string' && /^[A-Za-z0-9_~-]+$/.test(name) && counts.every((key) => isCount(value[key]))
  );
}

function isCount(value: unknown): boolean {
  return Number.isSafeInteger(value) && Number(value) >= 0;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
