import { hash } from 'node:crypto';
import type { IncidentStatus } from '#shared/avro/types.generated.ts';
import type { TimelineRow } from './document/timeline.ts';

/** An incident document that is new or changed. */
export interface IncidentChange {
  readonly id: string;
  readonly status: IncidentStatus;
  readonly document: string;
}

/** A timeline document that is new, changed, or gone (`undefined`). */
export interface TimelineChange {
  readonly id: string;
  readonly document: string | undefined;
}

interface WrittenRow {
  readonly digest: string;
  readonly incident: string;
  readonly row: TimelineRow | undefined;
}

interface WrittenIncident {
  digest: string;
  readonly status: IncidentStatus;
  /** When it begins, of another writer's incident that was not written here yet. */
  readonly adopted_ns?: bigint;
}

/** An incident that another writer shows. */
export interface Adopted {
  readonly id: string;
  readonly first_ns: bigint;
}

/** What was last written, so that only changes are written again. */
export class Registry {
  readonly #incidents = new Map<string, WrittenIncident>();
  readonly #rows = new Map<string, WrittenRow>();
  /** Ids of rows by incident. */
  readonly #rowsOf = new Map<string, Set<string>>();
  #adopts = false;
  #incidentChanges: IncidentChange[] = [];
  #rowChanges = new Map<string, TimelineChange>();

  /** The status under which an incident was last written; undefined when it never was. */
  statusOf(id: string): IncidentStatus | undefined {
    return this.#incidents.get(id)?.status;
  }

  write(id: string, status: IncidentStatus, document: string): void {
    const digest = digestOf(document);
    if (this.#incidents.get(id)?.digest === digest) return;
    this.#incidents.set(id, { digest, status });
    this.#incidentChanges.push({ id, status, document });
  }

  /** What a row of an incident was made of when it was written last; undefined when that is not known. */
  rowOf(id: string, incident: string): TimelineRow | undefined {
    const known = this.#rows.get(id);
    return known?.incident === incident ? known.row : undefined;
  }

  writeRow(row: TimelineRow, incident: string, document: string): void {
    const { id } = row;
    const digest = digestOf(document);
    const changed = this.#rows.get(id)?.digest !== digest;
    this.#setRow(id, { digest, incident, row });
    if (changed) this.#rowChanges.set(id, { id, document });
  }

  /** Takes back the rows of an incident that it does not tell any more. */
  keepRows(incident: string, told: ReadonlySet<string>): void {
    for (const id of this.#rowsOf.get(incident) ?? []) {
      if (told.has(id)) continue;
      this.#dropRow(id);
      this.#rowChanges.set(id, { id, document: undefined });
    }
  }

  /** Forgets what can change no more; what was written stays. */
  release(incident: string): void {
    this.#incidents.delete(incident);
    for (const id of this.#rowsOf.get(incident) ?? []) this.#dropRow(id);
  }

  #setRow(id: string, row: WrittenRow): void {
    if (this.#rows.get(id)?.incident !== row.incident) this.#dropRow(id);
    this.#rows.set(id, row);
    const rows = this.#rowsOf.get(row.incident);
    if (rows === undefined) this.#rowsOf.set(row.incident, new Set([id]));
    else rows.add(id);
  }

  #dropRow(id: string): void {
    const incident = this.#rows.get(id)?.incident;
    if (incident === undefined) return;
    this.#rows.delete(id);
    const rows = this.#rowsOf.get(incident);
    rows?.delete(id);
    if (rows?.size === 0) this.#rowsOf.delete(incident);
  }

  /** Makes everything count as changed, so that it is written again. */
  forgetDigests(): void {
    for (const entry of this.#incidents.values()) entry.digest = '';
    for (const [id, { incident }] of this.#rows) this.#rows.set(id, { digest: '', incident, row: undefined });
  }

  /** Whether another writer's documents are known. */
  get adopts(): boolean {
    return this.#adopts;
  }

  /** What is known of another writer's documents: they count as changed until they are written here. */
  adoptIncident(id: string, status: IncidentStatus, first_ns: bigint): void {
    this.#adopts = true;
    this.#incidents.set(id, { digest: '', status, adopted_ns: first_ns });
  }

  /** Incidents that another writer shows and that were not written here. */
  adopted(): readonly Adopted[] {
    return [...this.#incidents].flatMap(([id, { status, adopted_ns }]) => {
      const isShown = status !== 'merged' && status !== 'candidate';
      return isShown && adopted_ns !== undefined ? [{ id, first_ns: adopted_ns }] : [];
    });
  }

  adoptRow(id: string, incident: string | undefined): void {
    if (incident === undefined) this.#dropRow(id);
    else this.#setRow(id, { digest: '', incident, row: undefined });
  }

  /** The changes since the last call. */
  take(): { readonly incidents: readonly IncidentChange[]; readonly timeline: readonly TimelineChange[] } {
    const taken = { incidents: this.#incidentChanges, timeline: [...this.#rowChanges.values()] };
    this.#incidentChanges = [];
    this.#rowChanges = new Map();
    return taken;
  }

  /** For checkpoints. */
  save(): SavedRegistry {
    return {
      incidents: [...this.#incidents].map(([id, { digest, status }]) => [id, digest, status]),
      rows: [...this.#rows].map(([id, { digest, incident }]) => [id, digest, incident]),
    };
  }

  load({ incidents, rows }: SavedRegistry): void {
    for (const [id, digest, status] of incidents) this.#incidents.set(id, { digest, status });
    for (const [id, digest, incident] of rows) this.#setRow(id, { digest, incident, row: undefined });
  }
}

export interface SavedRegistry {
  readonly incidents: readonly (readonly [id: string, digest: string, status: IncidentStatus])[];
  readonly rows: readonly (readonly [id: string, digest: string, incident: string])[];
}

/** Changes are found by comparing digests; 120 bits are enough for that. */
function digestOf(document: string): string {
  return hash('sha1', document, 'base64url').slice(0, 20);
}
