import { threatOf } from '#shared/event/attack.ts';
import type { EcsRelated } from '#shared/event/ecs.ts';
import { type Entity, entityKinds, type EntityKind, entityValue } from '#shared/event/entity.ts';
import { formatTime } from '#shared/event/time.ts';
import { kindOf } from '../entity/kinds.ts';
import type { Reason } from '../link/reason.ts';
import type { IncidentModel, Member } from '../model.ts';
import type { DocumentBounds } from '../parameters.ts';
import { cut, display } from './display.ts';
import { titleOf } from './title.ts';

/** The incident as JSON text: the same model always gives the same bytes. Lists are cut to `bounds`, counts are not. */
export function incidentDocument(model: IncidentModel, bounds: DocumentBounds): string {
  const { members, verdict, lifecycle } = model;
  const [first, last] = [members[0]?.signal, members.at(-1)?.signal];
  if (first === undefined || last === undefined) throw new TypeError('an incident without members');
  const title = titleOf(model, bounds);
  const tactics = inOrder(members.flatMap(({ signal }) => signal.tactics));
  const techniques = inOrder(members.flatMap(({ signal }) => signal.techniques));
  const rules = inOrder(members.map(({ signal }) => signal.rule.id));
  return JSON.stringify({
    '@timestamp': formatTime(first.time_ns),
    message: title,
    event: {
      kind: 'alert',
      category: ['intrusion_detection'],
      type: ['info'],
      dataset: 'breakwater.incident',
      module: 'breakwater',
      severity: verdict.severity,
      risk_score: verdict.score,
      start: formatTime(first.time_ns),
      end: formatTime(last.time_ns),
    },
    incident: {
      id: model.id,
      scope: model.scope,
      status: model.status,
      title,
      score: verdict.score,
      severity: verdict.severity,
      score_terms: verdict.terms
        .slice(0, bounds.terms_max)
        .map((term) =>
          'score' in term ? { ...term, title: cut(term.title, bounds.text_length_max) } : term,
        ),
      score_terms_count: verdict.terms.length,
      opened_because: verdict.opened_because,
      first: formatTime(first.time_ns),
      last: formatTime(last.time_ns),
      signals_count: members.length + collapsedCount(model),
      events_count: new Set(members.map(({ signal }) => signal.event.id)).size + collapsedCount(model),
      families: [...new Set(members.map(({ signal }) => signal.family))].sort(),
      tactics,
      techniques,
      root_cause: rootCauseOf(model, bounds),
      entities: entitiesOf(model, bounds),
      entities_count: model.entities.length,
      blast_radius: model.blast_radius.slice(0, bounds.blast_radius_max).map(({ entity, first_ns }) => ({
        ...named(entity, model),
        first: formatTime(first_ns),
      })),
      blast_radius_count: model.blast_radius.length,
      members: chosenMembers(members, bounds).map((member) => memberOf(member, bounds)),
      members_count: members.length,
      context: model.context.slice(0, bounds.context_max).map(({ signal, why, entity }) => ({
        signal: signal.id,
        event: signal.event.id,
        time: formatTime(signal.time_ns),
        rule: signal.rule.id,
        summary: cut(signal.summary, bounds.text_length_max),
        why,
        ...named(entity, model),
      })),
      context_count: model.context.length,
      collapsed: model.floods.slice(0, bounds.collapsed_max).map((flood) => ({
        rule: flood.rule,
        entity: flood.entity,
        from: formatTime(flood.from_ns),
        count: flood.count,
        exact: flood.exact,
        digest: flood.digest,
      })),
      could_not_see: model.unseen.slice(0, bounds.unseen_max),
      could_not_see_count: model.unseen.length,
      related: model.related.slice(0, bounds.related_max),
      merged_from: model.merged_from.slice(0, bounds.related_max),
      split_from: model.split_from,
      assignee: lifecycle.assignee,
      disposition: lifecycle.disposition,
      closed: lifecycle.closed_ns === undefined ? undefined : formatTime(lifecycle.closed_ns),
      notes: lifecycle.notes.map(({ time_ns, actor, action, text }) => ({
        time: formatTime(time_ns),
        actor,
        action,
        text: cut(text, bounds.text_length_max),
      })),
    },
    rule: { id: rules.slice(0, bounds.terms_max), name: rulesNames(members).slice(0, bounds.terms_max) },
    threat: threatOf({ tactics, techniques }),
    related: relatedOf(model, bounds),
  });
}

/** What stands where an incident was that is now another one, or none. */
export function retiredDocument(
  id: string,
  scope: string,
  time_ns: bigint,
  merged_into: string | undefined,
): string {
  const message =
    merged_into === undefined
      ? 'No longer an incident: a candidate below the threshold'
      : `Merged into ${merged_into}`;
  return JSON.stringify({
    '@timestamp': formatTime(time_ns),
    message,
    event: {
      kind: 'alert',
      category: ['intrusion_detection'],
      type: ['info'],
      dataset: 'breakwater.incident',
      module: 'breakwater',
      severity: 21,
      risk_score: 0,
    },
    incident: {
      id,
      scope,
      status: merged_into === undefined ? 'candidate' : 'merged',
      title: message,
      score: 0,
      merged_into,
    },
  });
}

function collapsedCount({ floods }: IncidentModel): number {
  return floods.reduce((total, { count }) => total + count, 0);
}

function inOrder(values: readonly string[]): readonly string[] {
  return [...new Set(values)];
}

function rulesNames(members: readonly Member[]): readonly string[] {
  return inOrder(members.map(({ signal }) => signal.rule.title));
}

function rootCauseOf(
  { root_cause: { signal, on_path, vulnerability } }: IncidentModel,
  bounds: DocumentBounds,
) {
  return {
    signal: signal.id,
    event: signal.event.id,
    time: formatTime(signal.time_ns),
    rule: signal.rule.id,
    summary: cut(signal.summary, bounds.text_length_max),
    on_path,
    vulnerability,
  };
}

/** Members with the highest scores, in order of time, where there are too many to list. */
function chosenMembers(members: readonly Member[], { members_max }: DocumentBounds): readonly Member[] {
  if (members.length <= members_max) return members;
  const ranked = members
    .map((member, at) => ({ member, at }))
    .sort((a, b) => rankOf(b.member) - rankOf(a.member) || a.at - b.at);
  return ranked
    .slice(0, members_max)
    .sort((a, b) => a.at - b.at)
    .map(({ member }) => member);
}

function rankOf({ signal }: Member): number {
  return signal.score + (signal.class === 'bridge' ? 1000 : 0);
}

function memberOf({ signal, reason }: Member, bounds: DocumentBounds) {
  return {
    signal: signal.id,
    event: signal.event.id,
    time: formatTime(signal.time_ns),
    class: signal.class,
    level: signal.rule.level,
    rule: signal.rule.id,
    summary: cut(signal.summary, bounds.text_length_max),
    why: whyOf(reason),
  };
}

/** A reason as documents spell it. */
export function whyOf({ kind, with: other, entity, facts }: Reason) {
  return { link: kind, with: other, entity, facts: facts.length === 0 ? undefined : facts };
}

/** Entities by kind, in the order of kinds. */
function entitiesOf(model: IncidentModel, bounds: DocumentBounds) {
  const byKind: Partial<Record<EntityKind, ReturnType<typeof named>[]>> = {};
  for (const kind of entityKinds) {
    const some = model.entities.filter((entity) => kindOf(entity) === kind);
    if (some.length === 0) continue;
    byKind[kind] = some.slice(0, bounds.entities_per_kind_max).map((entity) => named(entity, model));
  }
  return byKind;
}

function named(entity: Entity, { names }: IncidentModel) {
  return { entity, name: display(entity, names) };
}

/** ECS `related.*`, for pivots. */
function relatedOf({ entities }: IncidentModel, bounds: DocumentBounds): EcsRelated {
  const values = (kinds: readonly EntityKind[]): readonly string[] | undefined => {
    const found = entities.filter((entity) => kinds.includes(kindOf(entity))).map(entityValue);
    return found.length === 0 ? undefined : found.slice(0, bounds.entities_per_kind_max);
  };
  const addresses = values(['ip', 'external'])?.filter((value) => /^[\d.]+$|:/.test(value));
  return {
    ip: addresses === undefined || addresses.length === 0 ? undefined : addresses,
    hosts: values(['node']),
    user: values(['user', 'serviceaccount']),
    hash: values(['image']),
  };
}
