import type { Entity } from '#shared/event/entity.ts';
import { entityValue } from '#shared/event/entity.ts';
import { describe } from './assemble/describe.ts';
import { gather, judge } from './assemble/gather.ts';
import type { Judged } from './assemble/part.ts';
import type { Sources } from './assemble/sources.ts';
import { incidentDocument, retiredDocument } from './document/incident.ts';
import { isSameRow, rowDocument, type TimelineRow, timelineRows } from './document/timeline.ts';
import { Registry } from './emission.ts';
import { incidentId } from './entity/incident-id.ts';
import { kindOf } from './entity/kinds.ts';
import type { FactBook } from './intake/facts.ts';
import type { Live } from './live.ts';
import type { IncidentModel } from './model.ts';
import type { PartState } from './state.ts';
import { type Step, StepBook } from './steps.ts';

const noRows: ReadonlySet<string> = new Set();

/** Which incidents are shown, and as what: describes parts anew and writes what changed. */
export class Showcase {
  readonly registry = new Registry();
  readonly #sources: Sources;
  readonly #facts: FactBook;
  readonly #scope: string;
  readonly #stepBook = new StepBook();
  #steps: Step[] = [];

  constructor(scope: string, sources: Sources, facts: FactBook) {
    this.#scope = scope;
    this.#sources = sources;
    this.#facts = facts;
  }

  /** Describes parts anew, after `gone` were dissolved. */
  update(parts: Iterable<PartState>, gone: readonly PartState[]): void {
    const whole = new Set<PartState>();
    for (const part of parts) for (const sibling of part.component.parts) whole.add(sibling);
    const judged = new Map<PartState, Judged>();
    for (const state of whole) {
      const found = judge(state.part, this.#sources);
      judged.set(state, found);
      state.open = found.verdict.opened_because !== undefined;
    }
    for (const [state, found] of judged) this.#show(state, found, gone);
    this.#retire([...whole, ...gone]);
  }

  #show(state: PartState, { posture, verdict }: Judged, gone: readonly PartState[]): void {
    const used = posture.map(({ because }) => because);
    if (!state.open) {
      state.used = new Set(used);
      return;
    }
    const found = gather(state.part, verdict, this.#sources);
    state.used = new Set([...used, ...found.context.map(({ signal }) => signal.id)]);
    const related = state.component.parts
      .filter((other) => other !== state && other.open)
      .map(({ id }) => id)
      .sort();
    const { parameters } = this.#sources;
    const model = describe(this.#scope, found, related, (entity) => this.#nameOf(entity), parameters);
    const before = this.registry.statusOf(model.id);
    this.registry.write(model.id, model.status, incidentDocument(model, parameters.bounds));
    const timeline = timelineRows(model);
    for (const row of timeline) this.#writeRow(model, row);
    this.registry.keepRows(model.id, new Set(timeline.map(({ id }) => id)));
    this.#note(model, before, gone);
  }

  /** Most rows of an incident stay as they are when it grows. */
  #writeRow(model: IncidentModel, row: TimelineRow): void {
    const known = this.registry.rowOf(row.id, model.id);
    if (known !== undefined && isSameRow(known, row)) return;
    this.registry.writeRow(row, model.id, rowDocument(model, row, this.#sources.parameters.bounds));
  }

  #note(model: IncidentModel, before: string | undefined, gone: readonly PartState[]): void {
    const former =
      before === undefined
        ? gone.find(
            ({ id, part }) => id !== model.id && part.bridges.some((each) => each.incident_id === model.id),
          )
        : undefined;
    const from = former?.open === true ? former.id : undefined;
    const step = this.#stepBook.stepOf(model, before, from);
    if (step !== undefined) this.#steps.push(step);
  }

  /** Documents of ids that were written once and begin no shown incident any more. */
  #retire(states: readonly PartState[]): void {
    const seeds = new Map<string, Live>();
    for (const { part } of states) for (const bridge of part.bridges) seeds.set(bridge.id, bridge);
    // A move that is none any more has no incident of its own; what was written of one has to go.
    for (const bridge of seeds.values()) this.#retireId(bridge);
  }

  /** Takes back what another run wrote of an incident that begins with a signal which is not kept. */
  retireDropped(id: string, time_ns: bigint): void {
    this.#retireId({ id, time_ns, incident_id: incidentId(this.#scope, id) });
  }

  /**
   * Takes back what another run wrote of incidents that nothing begins any more: the firing that did was withdrawn, or
   * does not come when everything is read at once. Whoever `isPast` says is too old may have had its signals let go of.
   */
  retireAdopted(isPast: (first_ns: bigint) => boolean): void {
    for (const { id, first_ns } of this.registry.adopted())
      if (!isPast(first_ns)) this.#retireAs(id, first_ns, undefined);
  }

  #retireId(bridge: Pick<Live, 'id' | 'time_ns' | 'incident_id'>): void {
    const { incident_id: id } = bridge;
    if (this.registry.statusOf(id) === undefined) return;
    const { assembly, population } = this.#sources;
    const now = assembly.partOf(bridge.id);
    if (now?.open === true && now.id === id) return;
    // Of a signal that lives, an older version may have been let go of.
    const time_ns = population.get(bridge.id)?.time_ns ?? bridge.time_ns;
    this.#retireAs(id, time_ns, now?.open === true ? now.id : undefined);
  }

  #retireAs(id: string, time_ns: bigint, merged_into: string | undefined): void {
    const before = this.registry.statusOf(id);
    const status = merged_into === undefined ? 'candidate' : 'merged';
    this.registry.write(id, status, retiredDocument(id, this.#scope, time_ns, merged_into));
    this.registry.keepRows(id, noRows);
    if (before === status) return;
    this.#stepBook.forget(id);
    this.#steps.push({
      type: merged_into === undefined ? 'incident.withdrawn' : 'incident.merged',
      time_ns,
      incident: id,
      facts: merged_into === undefined ? {} : { merged_into },
    });
  }

  /** A pod by its name. */
  #nameOf(entity: Entity): string | undefined {
    if (kindOf(entity) !== 'pod') return undefined;
    let name: string | undefined;
    for (const { a, relation } of this.#facts.to(entity)) {
      if (relation !== 'is' || kindOf(a) !== 'pod_name') continue;
      const value = entityValue(a);
      if (name === undefined || value < name) name = value;
    }
    return name;
  }

  /** Forgets an incident that can change no more; what was written of it stays. */
  release(incident: string): void {
    this.registry.release(incident);
    this.#stepBook.forget(incident);
  }

  /** Steps since the last call. */
  takeSteps(): readonly Step[] {
    const steps = this.#steps;
    this.#steps = [];
    return steps;
  }
}
