import type { Decision, Fact, IncidentStatus, Signal } from '#shared/avro/types.generated.ts';
import { type Entity, entityKind, entityKinds, entityValue } from '#shared/event/entity.ts';
import { incidentDocument } from './core/document/incident.ts';
import { rowDocument, timelineRows } from './core/document/timeline.ts';
import type { Reason } from './core/link/reason.ts';
import type { ContextEntry, IncidentModel, Member, ScoreTerm, Verdict } from './core/model.ts';
import type { Parameters, PostureName } from './core/parameters.ts';
import { mentionedBy, postureOf, vulnerabilityOf } from './core/score/posture.ts';
import { mergeFacts, ms, type Statement } from './oracle/identity.ts';
import { type Counts, countsOf, linksBetween, partsIn } from './oracle/links.ts';
import { type OraclePart, partsOf } from './oracle/parts.ts';
import {
  admit,
  before,
  floodKeyOf,
  mainOf,
  mergeDecisions,
  pairOf,
  type Resolved,
  resolveSignal,
} from './oracle/signals.ts';

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
 * The brute-force oracle of `docs`-to-be: recomputes everything from the whole set by comparing all pairs, written
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
  const all = admitted.signals
    .map((signal) => resolveSignal(signal, facts, decisions, parameters))
    .sort(before);
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

interface World {
  readonly scope: string;
  readonly all: readonly Resolved[];
  readonly bridges: readonly Resolved[];
  readonly facts: readonly Statement[];
  readonly counts: Counts;
  readonly parameters: Parameters;
  readonly cuts: ReturnType<typeof admit>['cuts'];
}

interface GatheredPart {
  readonly members: readonly Resolved[];
  readonly reasons: ReadonlyMap<string, Reason>;
  readonly elsewhere: ReadonlySet<string>;
  readonly context: readonly ContextEntry[];
  readonly verdict: Verdict;
}

function gatherPart(part: OraclePart, world: World): GatheredPart {
  const { all, bridges, parameters } = world;
  const reasons = new Map(part.reasons);
  const attached: Resolved[] = [];
  const elsewhere = new Set<string>();
  for (const event of new Set(all.map(({ signal }) => signal.event.id))) {
    const ofEvent = all.filter(({ signal }) => signal.event.id === event);
    const attaching = ofEvent.filter(({ role }) => role === 'attach');
    const teller = bridges.find(({ signal }) => signal.event.id === event);
    const isTouched = part.bridges.some(({ signal }) => signal.event.id === event);
    if (teller !== undefined) {
      if (isTouched && !part.bridges.includes(teller)) elsewhere.add(event);
      if (!part.bridges.includes(teller)) continue;
      for (const one of attaching) {
        attached.push(one);
        reasons.set(one.id, { kind: 'event', with: teller.id, entity: undefined, facts: [] });
      }
      continue;
    }
    const winner = attachment(attaching, world);
    if (winner === undefined || !part.bridges.includes(winner.to) || !mayJoin(winner, part, world)) continue;
    for (const one of attaching) {
      attached.push(one);
      const same: Reason = { kind: 'event', with: winner.by.id, entity: undefined, facts: [] };
      reasons.set(one.id, one === winner.by ? winner.reason : same);
    }
  }
  const members = [...part.bridges, ...attached].sort(before);
  const { posture } = contextFor(part.bridges, world);
  const { context } = contextFor(members, world);
  const verdict = verdictOf(part.bridges, posture, part.groups.length > 0, parameters);
  return { members, reasons, elsewhere, context, verdict };
}

interface Winner {
  readonly by: Resolved;
  readonly to: Resolved;
  readonly reason: Reason;
}

/** The strongest, nearest, first link of the attach signals of one event. */
function attachment(
  attaching: readonly Resolved[],
  { bridges, counts, parameters }: World,
): Winner | undefined {
  const close = ['process', 'container', 'pod', 'pod_name'];
  const candidates = attaching.flatMap((by) => {
    const session = [...by.actors.keys()].some((entity) => entityKind(entity) === 'session');
    const allowed =
      by.signal.rule.level === 'informational'
        ? close
        : session
          ? [...close, 'connection', 'session']
          : Object.keys(parameters.links);
    return bridges.flatMap((to) =>
      linksBetween(by, to, counts, parameters)
        .filter(({ kind, rank, apart }) => {
          if (kind === 'part') {
            const near = by.signal.rule.level !== 'informational' && withinAttach(apart, parameters);
            return to.signal.parts.includes(by.id) && (to.signal.opener || near);
          }
          const linkName = Object.keys(parameters.links)[rank];
          return linkName !== undefined && allowed.includes(linkName) && withinAttach(apart, parameters);
        })
        .filter(({ entity }) => {
          const byAddress = entity !== undefined && (partsIn(by, entity)?.path.length ?? 0) > 0;
          return entity === undefined || entityKind(entity) !== 'node' || !byAddress;
        })
        .map((link) => ({ by, to, link })),
    );
  });
  const order: readonly Reason['kind'][] = ['part', 'actor', 'cause', 'caused'];
  candidates.sort(
    (a, b) =>
      a.link.rank - b.link.rank ||
      Number(a.link.apart - b.link.apart) ||
      (a.to.id === b.to.id ? 0 : a.to.id < b.to.id ? -1 : 1) ||
      before(a.by, b.by) ||
      ((a.link.entity ?? '') === (b.link.entity ?? '')
        ? 0
        : (a.link.entity ?? '') < (b.link.entity ?? '')
          ? -1
          : 1) ||
      order.indexOf(a.link.kind) - order.indexOf(b.link.kind),
  );
  const [best] = candidates;
  if (best === undefined) return undefined;
  const { kind, entity, facts } = best.link;
  return { by: best.by, to: best.to, reason: { kind, with: best.to.id, entity, facts } };
}

function withinAttach(apart: bigint, { attach }: Parameters): boolean {
  return apart <= ms(attach.gap_ms);
}

function mayJoin({ by, to, reason }: Winner, part: OraclePart, { all, parameters }: World): boolean {
  if (reason.kind === 'part') return true;
  const closed = part.closed.get(to.id);
  if (closed !== undefined && by.t > closed) return false;
  const pair = pairOf(by);
  const begin = part.bridges[0]?.t ?? 0n;
  if (pair === undefined) return true;
  return !all.some(
    (other) =>
      other.role !== 'suppressed' &&
      pairOf(other) === pair &&
      other.t >= by.t - ms(parameters.attach.flow_lookback_ms) &&
      other.t < begin - ms(parameters.attach.flow_lead_ms),
  );
}

function contextFor(
  members: readonly Resolved[],
  { all, parameters }: World,
): { posture: { name: PostureName; because: string }[]; context: ContextEntry[] } {
  const { lookback_ms, policy_ms } = parameters.context;
  const described = ['image', 'workload', 'pod', 'pod_name', 'container', 'serviceaccount'];
  const entitiesOf = (one: Resolved): Entity[] => [...new Set([...one.actors.keys(), ...one.targets.keys()])];
  const remembers = (member: Resolved, about: Resolved): boolean =>
    member.t - about.t <= ms(lookback_ms) && about.t - member.t <= ms(policy_ms);
  const posture: { name: PostureName; because: string }[] = [];
  const context = new Map<string, ContextEntry>();
  for (const about of all.filter(({ role }) => role === 'context')) {
    const shared = entitiesOf(about)
      .filter((entity) => described.includes(entityKind(entity)))
      .filter((entity) => members.some((one) => entitiesOf(one).includes(entity) && remembers(one, about)))
      .sort();
    if (shared.length === 0) continue;
    const name = postureOf(about.signal);
    if (name !== undefined && !posture.some((known) => known.name === name))
      posture.push({ name, because: about.id });
    const cve = vulnerabilityOf(about.signal);
    let why: ContextEntry['why'] = 'policy';
    let entity: Entity | undefined;
    if (cve !== undefined) {
      why = 'vulnerability';
      if (members.some((one) => remembers(one, about) && mentionedBy(one.signal).includes(cve)))
        [entity] = shared;
    } else if (name === 'untrusted_image') {
      why = 'untrusted_image';
      [entity] = shared.filter((each) => entityKind(each) === 'image');
    } else {
      [entity] = shared.filter(
        (each) =>
          ['workload', 'pod', 'pod_name', 'container'].includes(entityKind(each)) &&
          members.some(
            (one) =>
              entitiesOf(one).includes(each) &&
              one.t - about.t <= ms(policy_ms) &&
              about.t - one.t <= ms(policy_ms),
          ),
      );
    }
    const rule = about.signal.rule.id;
    if (entity !== undefined && !context.has(rule)) context.set(rule, { signal: about.signal, why, entity });
  }
  const names = Object.keys(parameters.score.posture);
  posture.sort((a, b) => names.indexOf(a.name) - names.indexOf(b.name));
  return { posture, context: [...context.values()] };
}

function verdictOf(
  bridges: readonly Resolved[],
  posture: readonly { name: PostureName; because: string }[],
  decided: boolean,
  parameters: Parameters,
): Verdict {
  const { score: weights, skew_ms } = parameters;
  const approved = bridges.filter(({ signal }) => (signal.fields['breakwater.change'] ?? '') !== '');
  const isBenign = (one: Resolved): boolean =>
    one.signal.fields['breakwater.baseline'] === 'inside' ||
    approved.some(
      (by) =>
        by === one ||
        [...one.actors].some(([entity, { replaced }]) => {
          if (replaced) return false;
          const kind = entityKind(entity);
          if (kind === 'session' && by.actors.has(entity)) return true;
          const later = one.t - by.t >= -ms(skew_ms) && one.t - by.t <= ms(weights.change_reach_ms);
          return (
            ['process', 'container', 'pod', 'pod_name'].includes(kind) && later && by.targets.has(entity)
          );
        }),
    );
  const counted = bridges.filter((one) => !isBenign(one));
  const sumOf = (some: readonly Resolved[]): { sum: number; terms: ScoreTerm[] } => {
    const distinct: {
      key: string;
      rule: string;
      title: string;
      entity: Entity | undefined;
      score: number;
    }[] = [];
    for (const one of some) {
      const entity = mainOf(one);
      const key = `${one.signal.rule.id}\n${entity ?? ''}`;
      const known = distinct.find((each) => each.key === key);
      if (known !== undefined) known.score = Math.max(known.score, one.signal.score);
      else
        distinct.push({
          key,
          rule: one.signal.rule.id,
          title: one.signal.rule.title,
          entity,
          score: one.signal.score,
        });
    }
    distinct.sort((a, b) => b.score - a.score || (a.key < b.key ? -1 : 1));
    let sum = 0;
    const terms = distinct.map(({ rule, title, entity, score }, at): ScoreTerm => {
      const points = (100 * score) / (at + 1) ** weights.exponent / weights.full;
      sum += points;
      return { term: 'signal', rule, title, entity, score, points: twoDigits(points) };
    });
    if (sum > 100) terms.push({ term: 'limit', points: twoDigits(100 - sum) });
    return { sum: Math.min(100, sum), terms };
  };
  const whole = sumOf(bridges);
  const own = sumOf(counted);
  const terms = whole.terms;
  const benign = bridges.length - counted.length;
  if (benign > 0) terms.push({ term: 'benign', signals: benign, points: twoDigits(own.sum - whole.sum) });
  let score = own.sum;
  for (const { name, because } of posture) {
    const points = score * (weights.posture[name] - 1);
    if (score > 0) terms.push({ term: 'posture', name, because, points: twoDigits(points) });
    score += points;
  }
  const tactics = new Set(counted.flatMap(({ signal }) => signal.tactics)).size;
  const families = new Set(counted.map(({ signal }) => signal.family)).size;
  if (tactics > 1)
    terms.push({ term: 'tactics', count: tactics, points: (tactics - 1) * weights.tactic_points });
  score += Math.max(0, tactics - 1) * weights.tactic_points;
  if (families > 1)
    terms.push({ term: 'families', count: families, points: (families - 1) * weights.family_points });
  score += Math.max(0, families - 1) * weights.family_points;
  if (score > 100) terms.push({ term: 'limit', points: twoDigits(100 - score) });
  const total = twoDigits(Math.min(100, score));
  const opener = counted.find(({ signal }) => signal.opener);
  const critical = counted.filter(({ signal }) => signal.rule.level === 'critical');
  const seconded = critical.find(
    (one) =>
      one.signal.fields['breakwater.baseline'] === 'outside' ||
      counted.some(({ signal }) => signal.family !== one.signal.family),
  );
  const opened_because: Verdict['opened_because'] =
    opener !== undefined
      ? { kind: 'sequence', signal: opener.id }
      : total >= weights.open_min
        ? { kind: 'score', signal: undefined }
        : seconded !== undefined
          ? { kind: 'critical', signal: seconded.id }
          : decided
            ? { kind: 'decision', signal: undefined }
            : undefined;
  const severity =
    critical.length > 0 || total >= weights.severity.critical
      ? 99
      : opener !== undefined || total >= weights.severity.high
        ? 73
        : total >= weights.severity.medium
          ? 47
          : 21;
  return { score: total, terms, severity, opened_because };
}

function twoDigits(points: number): number {
  return Math.round(points * 100) / 100 + 0;
}

function modelOf(
  part: OraclePart,
  gathered: GatheredPart,
  related: readonly string[],
  world: World,
): IncidentModel {
  const { members, reasons, verdict, context } = gathered;
  const byKind = (entities: Iterable<Entity>): Entity[] =>
    [...new Set(entities)].sort(
      (a, b) => entityKinds.indexOf(entityKind(a)) - entityKinds.indexOf(entityKind(b)) || (a < b ? -1 : 1),
    );
  const entities = byKind(members.flatMap(({ actors, targets }) => [...actors.keys(), ...targets.keys()]));
  const reached = new Map<Entity, bigint>();
  for (const { targets, t } of members) {
    for (const [entity, { replaced }] of targets) {
      const hidden = ['image', 'image_reference', 'connection', 'process'].includes(entityKind(entity));
      if (!replaced && !hidden && !reached.has(entity)) reached.set(entity, t);
    }
  }
  const replaced = (entity: Entity): boolean =>
    members.some(
      ({ actors, targets }) =>
        actors.get(entity)?.replaced === true || targets.get(entity)?.replaced === true,
    );
  const root = part.bridges.find(({ id }) => part.causes.has(id));
  const first = part.bridges[0];
  if (first === undefined) throw new TypeError('a part without signals');
  const cves = context.flatMap(({ signal, why }) =>
    why === 'vulnerability' ? (vulnerabilityOf(signal) ?? []) : [],
  );
  const floods = new Map(
    members.flatMap(({ signal }) => {
      if (signal.rule.origin === 'correlation') return [];
      const key = floodKeyOf(signal, world.parameters);
      const cut = world.cuts.get(key);
      return cut === undefined ? [] : [[key, cut] as const];
    }),
  );
  const lifecycle = lifecycleOfPart(part, verdict.severity, world.parameters.bounds.notes_max);
  return {
    id: first.incident_id,
    scope: world.scope,
    status: lifecycle.status,
    verdict,
    lifecycle,
    members: members.map(
      (one, at): Member => ({
        signal: one.signal,
        reason:
          reasons.get(one.id) ??
          (at === 0 ? { kind: 'first', with: undefined, entity: undefined, facts: [] } : missing(one)),
        entities: byKind([...one.actors.keys(), ...one.targets.keys()]),
      }),
    ),
    told_elsewhere: gathered.elsewhere,
    main: mainEntity(part.bridges),
    entities,
    names: new Map(
      entities.flatMap((entity) => {
        if (entityKind(entity) !== 'pod') return [];
        const names = world.facts
          .filter(({ a, relation, b }) => b === entity && relation === 'is' && entityKind(a) === 'pod_name')
          .map(({ a }) => entityValue(a))
          .sort();
        return names[0] === undefined ? [] : [[entity, names[0]] as const];
      }),
    ),
    blast_radius: [...reached]
      .map(([entity, first_ns]) => ({ entity, first_ns }))
      .sort((a, b) =>
        a.first_ns === b.first_ns ? (a.entity < b.entity ? -1 : 1) : a.first_ns < b.first_ns ? -1 : 1,
      ),
    root_cause: {
      signal: (root ?? first).signal,
      on_path: root !== undefined,
      vulnerability: cves.sort()[0],
    },
    context,
    floods: [...floods].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, flood]) => flood),
    unseen: [
      ...['admission', 'runtime', 'network']
        .filter((family) => !members.some(({ signal }) => signal.family === family))
        .map((family) => ({ kind: 'family', family }) as const),
      ...entities
        .filter((entity) => ['ip', 'pod_name'].includes(entityKind(entity)) && !replaced(entity))
        .map((entity) => ({ kind: 'unresolved', entity }) as const),
    ],
    related,
    merged_from: part.merged.filter((id) => id !== first.incident_id),
    split_from: part.split_from,
  };
}

function missing(one: Resolved): never {
  throw new TypeError(`${one.id} is a member without a reason`);
}

function mainEntity(bridges: readonly Resolved[]): Entity | undefined {
  const scores = new Map<Entity, number>();
  for (const one of bridges) {
    const workloads = (known: Map<Entity, unknown>): Entity[] =>
      [...known.keys()].filter((entity) => entityKind(entity) === 'workload');
    const main = mainOf(one);
    const about = [workloads(one.actors), workloads(one.targets), main === undefined ? [] : [main]];
    for (const entity of about.find((some) => some.length > 0) ?? []) {
      scores.set(entity, (scores.get(entity) ?? 0) + one.signal.score);
    }
  }
  const entries = [...scores].sort(([a, x], [b, y]) => {
    const kind = Number(entityKind(b) === 'workload') - Number(entityKind(a) === 'workload');
    return kind || y - x || (a < b ? -1 : 1);
  });
  return entries[0]?.[0];
}

function lifecycleOfPart(
  { groups }: OraclePart,
  severity: number,
  notes_max: number,
): IncidentModel['lifecycle'] {
  const [leading] = [...groups].sort((a, b) => b.weight - a.weight || (a.incident < b.incident ? -1 : 1));
  let status: 'open' | 'acknowledged' | 'closed' = 'open';
  let assignee: string | undefined;
  let closing: Decision | undefined;
  for (const decision of leading?.decisions ?? []) {
    if (decision.action === 'assign') assignee = decision.arguments['assignee'];
    else if (decision.action === 'acknowledge' && status === 'open') status = 'acknowledged';
    else if (decision.action === 'reopen') {
      status = 'open';
      closing = undefined;
    } else if (decision.action === 'close') {
      status = 'closed';
      closing = decision;
    }
  }
  const known = closing?.arguments['severity'];
  if (known !== undefined && severity > Number(known)) {
    status = 'open';
    closing = undefined;
  }
  const notes = groups
    .flatMap(({ decisions }) => decisions)
    .sort((a, b) => before({ id: a.id, t: a.time_ns }, { id: b.id, t: b.time_ns }))
    .slice(-notes_max);
  return {
    status,
    assignee,
    disposition: closing?.arguments['disposition'],
    closed_ns: closing?.time_ns,
    notes: notes.map(({ time_ns, actor, action, reason, arguments: given }) => ({
      time_ns,
      actor,
      action,
      text: given['text'] ?? reason,
    })),
  };
}
