import type { Placeholders } from '../compile/placeholders.ts';
import type { Condition, Detection, DetectionItem, DetectionNode, Rule } from '../rule/model.ts';
import { fieldConditionsHold, itemConditionsHold, ruleConditionsHold } from './conditions.ts';
import type { Pipeline, PipelineItem } from './model.ts';

/** A rule after the pipelines. */
export interface ProcessedRule {
  readonly rule: Rule;
  readonly placeholders: Placeholders;
  /** The fields of our events that a field of this rule means; for group-by and other names outside its detection. */
  readonly mapField: (field: string) => readonly string[];
}

/** Pipelines in the order in which they apply. */
export function inOrder(pipelines: readonly Pipeline[]): readonly Pipeline[] {
  return pipelines.toSorted((a, b) => a.priority - b.priority || (a.name < b.name ? -1 : 1));
}

/** Applies pipelines, in the order given, to one rule. */
export function applyPipelines(
  rule: Rule,
  pipelines: readonly Pipeline[],
  lists: Placeholders,
): ProcessedRule {
  let state: State = { rule, placeholders: lists, applied: new Set(), mappings: [] };
  for (const pipeline of pipelines) {
    for (const item of pipeline.items) {
      if (ruleConditionsHold(item.rule_conditions, state.rule, state.applied))
        state = applyItem(item, pipeline, state);
    }
  }
  const { mappings } = state;
  const mapField = (field: string): readonly string[] =>
    mappings.reduce((fields: readonly string[], mapping) => fields.flatMap(mapping), [field]);
  return { rule: state.rule, placeholders: state.placeholders, mapField };
}

interface State {
  readonly rule: Rule;
  readonly placeholders: Placeholders;
  /** Ids of items that applied. */
  readonly applied: ReadonlySet<string>;
  readonly mappings: readonly ((field: string) => readonly string[])[];
}

function applyItem(item: PipelineItem, pipeline: Pipeline, before: State): State {
  const applied = item.id === undefined ? before.applied : new Set([...before.applied, item.id]);
  const state = { ...before, applied };
  const { transformation } = item;
  switch (transformation.type) {
    case 'field_name_mapping':
      return mapFields(item, transformation.mapping, state);
    case 'drop_detection_item':
      return withDetection(state, dropItems(state.rule.detection, item));
    case 'add_condition':
      return withDetection(
        state,
        addCondition(state.rule.detection, transformation.items, transformation.negated),
      );
    case 'change_logsource':
      return { ...state, rule: { ...state.rule, logsource: transformation.logsource } };
    case 'value_placeholders':
    case 'wildcard_placeholders':
      return { ...state, placeholders: resolved(state.placeholders, item, pipeline) };
  }
}

function withDetection(state: State, detection: Detection): State {
  return { ...state, rule: { ...state.rule, detection } };
}

function mapFields(item: PipelineItem, mapping: ReadonlyMap<string, readonly string[]>, state: State): State {
  const mapName = (field: string): readonly string[] => {
    const target = mapping.get(field);
    return target !== undefined && fieldConditionsHold(item.field_conditions, field) ? target : [field];
  };
  const detection = mapItems(state.rule.detection, (detectionItem) => {
    if (!itemConditionsHold(item.item_conditions, detectionItem)) return [detectionItem];
    const values = detectionItem.modifiers.includes('fieldref')
      ? detectionItem.values.map((value) => renamed(value, mapName))
      : detectionItem.values;
    if (detectionItem.field === undefined) return [detectionItem];
    return mapName(detectionItem.field).map((field) => ({ ...detectionItem, field, values }));
  });
  return { ...withDetection(state, detection), mappings: [...state.mappings, mapName] };
}

type Value = DetectionItem['values'][number];

function renamed(value: Value, mapName: (field: string) => readonly string[]): Value {
  const [name] = typeof value.value === 'string' ? mapName(value.value) : [];
  return name === undefined ? value : { ...value, value: name, source: name };
}

/** Replaces each item by others: several are alternatives, none drops it. */
function mapItems(
  detection: Detection,
  change: (item: DetectionItem) => readonly DetectionItem[],
): Detection {
  const identifiers = new Map<string, DetectionNode>();
  for (const [name, node] of detection.identifiers) {
    const mapped = mapNode(node, change);
    if (mapped !== undefined) identifiers.set(name, mapped);
  }
  return { ...detection, identifiers };
}

function mapNode(
  node: DetectionNode,
  change: (item: DetectionItem) => readonly DetectionItem[],
): DetectionNode | undefined {
  if (node.kind === 'item') {
    const nodes = change(node.item).map((item): DetectionNode => ({ kind: 'item', item }));
    return nodes.length > 1 ? { kind: 'any', nodes, at: node.item.at } : nodes[0];
  }
  const nodes = node.nodes.flatMap((child) => mapNode(child, change) ?? []);
  return nodes.length === 0 ? undefined : { ...node, nodes };
}

function dropItems(detection: Detection, item: PipelineItem): Detection {
  const dropped = mapItems(detection, (candidate) => {
    const fieldHolds =
      candidate.field !== undefined && fieldConditionsHold(item.field_conditions, candidate.field);
    return fieldHolds && itemConditionsHold(item.item_conditions, candidate) ? [] : [candidate];
  });
  const names = new Set(dropped.identifiers.keys());
  const gone = new Set([...detection.identifiers.keys()].filter((name) => !names.has(name)));
  if (gone.size === 0) return dropped;
  return {
    ...dropped,
    conditions: dropped.conditions.flatMap((condition) => without(condition, gone) ?? []),
  };
}

/** The condition without identifiers that are gone; undefined when nothing is left of it. */
function without(condition: Condition, gone: ReadonlySet<string>): Condition | undefined {
  switch (condition.kind) {
    case 'identifier':
      return gone.has(condition.name) ? undefined : condition;
    case 'not': {
      const term = without(condition.term, gone);
      return term && { kind: 'not', term };
    }
    case 'of':
      return condition;
    case 'and':
    case 'or': {
      const terms = condition.terms.flatMap((term) => without(term, gone) ?? []);
      const [only] = terms;
      return terms.length > 1 ? { ...condition, terms } : only;
    }
  }
}

function addCondition(detection: Detection, items: readonly DetectionItem[], negated: boolean): Detection {
  const name = `_added_${detection.identifiers.size}`;
  const nodes = items.map((item): DetectionNode => ({ kind: 'item', item }));
  const added: Condition = { kind: 'identifier', name, at: detection.at };
  const term: Condition = negated ? { kind: 'not', term: added } : added;
  return {
    ...detection,
    identifiers: new Map([...detection.identifiers, [name, { kind: 'all', nodes, at: detection.at }]]),
    conditions: detection.conditions.map((condition) => ({ kind: 'and', terms: [term, condition] })),
  };
}

function resolved(placeholders: Placeholders, item: PipelineItem, pipeline: Pipeline): Placeholders {
  const { transformation } = item;
  if (transformation.type !== 'value_placeholders' && transformation.type !== 'wildcard_placeholders')
    return placeholders;
  const wanted = (name: string): boolean => transformation.names?.includes(name) ?? true;
  const result = new Map(placeholders);
  if (transformation.type === 'value_placeholders') {
    for (const [name, values] of pipeline.vars) if (wanted(name)) result.set(name, values);
  } else for (const name of transformation.names ?? ['*']) if (!result.has(name)) result.set(name, '*');
  return result;
}
