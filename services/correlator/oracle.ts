import type { Decision, Fact, IncidentStatus, Signal } from '#shared/avro/types.generated.ts';
import { incidentDocument } from './core/document/incident.ts';
import { rowDocument, timelineRows } from './core/document/timeline.ts';
import type { Parameters } from './core/parameters.ts';
import { gatherPart } from './oracle/gather.ts';
import { mergeFacts } from './oracle/identity.ts';
import { modelOf } from './oracle/incident.ts';
import { countsOf } from './oracle/links.ts';
import { withMoves } from './oracle/moves.ts';
import { partsOf } from './oracle/parts.ts';
import { admit, before, mergeDecisions, resolveSignal } from './oracle/signals.ts';
import type { World } from './oracle/world.ts';

/** What must stand, after all inputs, in whatever order they came. */
export interface Truth {
  /** Documents of all shown incidents, by id. */
  readonly incidents: ReadonlyMap<string, { readonly status: IncidentStatus; readonly document: string }>;
  /** Documents of their timelines, by row id. */
  readonly timeline: ReadonlyMap<string, string>;
  /** The shown incident that an id, once given, leads to; undefined: none. */
  readonly leadsTo: (incident_id: string) => string | undefined;
}

/**
 * The brute-force oracle: recomputes everything from the whole set by comparing all pairs, written
 * straight from the definition in README.md and sharing nothing with the fold but types, parameters and the rendering
 * of documents. For tests only.
 */
export function oracle(
  scope: string,
  inputs: {
    readonly signals: readonly Signal[];
    readonly facts: readonly Fact[];
    readonly decisions: readonly Decision[];
  },
  parameters: Parameters,
): Truth {
  const facts = mergeFacts(inputs.facts);
  const decisions = mergeDecisions(inputs.decisions);
  const admitted = admit(inputs.signals, parameters);
  const resolved = admitted.signals.map((signal) => resolveSignal(signal, facts, decisions, parameters));
  const all = withMoves(resolved.sort(before), parameters);
  const bridges = all.filter(({ role }) => role === 'bridge');
  const counts = countsOf(bridges, parameters);
  const components = partsOf(bridges, decisions, counts, parameters);
  const world: World = { scope, all, bridges, facts, counts, parameters, cuts: admitted.cuts };
  const incidents = new Map<string, { status: IncidentStatus; document: string }>();
  const timeline = new Map<string, string>();
  const holder = new Map<string, string>();
  for (const component of components) {
    const shown = component
      .map((part) => ({ part, gathered: gatherPart(part, world) }))
      .filter(({ gathered }) => gathered.verdict.opened_because !== undefined);
    for (const { part, gathered } of shown) {
      const id = part.bridges[0]?.incident_id ?? '';
      const related = shown.flatMap(({ part: other }) =>
        other === part ? [] : [other.bridges[0]?.incident_id ?? ''],
      );
      const model = modelOf(part, gathered, related.sort(), world);
      incidents.set(id, { status: model.status, document: incidentDocument(model, parameters.bounds) });
      for (const row of timelineRows(model)) timeline.set(row.id, rowDocument(model, row, parameters.bounds));
      for (const { incident_id } of part.bridges) holder.set(incident_id, id);
    }
  }
  return { incidents, timeline, leadsTo: (id) => holder.get(id) };
}
