import type { Signal } from '#shared/avro/types.generated.ts';
import { isEntity } from '#shared/event/entity.ts';
import { shortHash } from '#shared/event/identity.ts';
import { scoreOfLevel } from '#shared/event/level.ts';
import { summary_chars_max } from '../limits.ts';
import type { Correlation } from '../rule/model.ts';
import { fillSentence, fillTemplate } from '../template.ts';
import { type Definition, valuesOfKey } from './definition.ts';
import type { Episode } from './episode.ts';
import type { Group } from './group.ts';
import { firing_entities_max } from './limits.ts';

/** The id of the firing of an episode: stays while its earliest hit is the same. */
export function firingId({ rule }: Definition, group: Group, { first }: Episode): string {
  return shortHash(['correlation', rule.id, group.key, first.id].join('\u0000'));
}

/**
 * The signal that says that a correlation rule holds. Its time and event are those of the hit with which it first held;
 * its fields are the group-by values and whatever is equal in all parts, so that further correlations can build on it.
 */
export function firingOf(
  id: string,
  definition: Definition,
  { completion }: Episode,
  parts: readonly Signal[],
  hits: number,
): Signal {
  const { rule } = definition;
  const { extension } = rule;
  const values = valuesOfKey(definition.groupKeyOf(completion) ?? '');
  const fields = { ...commonFields(parts), ...groupFields(rule, values) };
  return {
    id,
    scope: completion.scope,
    time_ns: completion.time_ns,
    family: completion.family,
    rule: { id: rule.id, title: rule.title, level: rule.level, origin: 'correlation', sha256: rule.hash },
    score: extension.score ?? scoreOfLevel[rule.level],
    tactics: rule.tactics.length > 0 ? rule.tactics : union(parts, ({ tactics }) => tactics),
    techniques: rule.techniques.length > 0 ? rule.techniques : union(parts, ({ techniques }) => techniques),
    actors: entities(extension.actors, fields) ?? union(parts, ({ actors }) => actors),
    targets: entities(extension.targets, fields) ?? union(parts, ({ targets }) => targets),
    class: extension.class ?? 'bridge',
    opener: extension.opener ?? false,
    event: completion.event,
    summary: summaryOf(rule, fields, hits),
    fields,
    parts: parts.map(({ id }) => id),
  };
}

function union(parts: readonly Signal[], listOf: (hit: Signal) => readonly string[]): readonly string[] {
  const all: string[] = [];
  for (const part of parts) for (const item of listOf(part)) if (!all.includes(item)) all.push(item);
  return all.length > firing_entities_max ? all.slice(0, firing_entities_max) : all;
}

function groupFields({ group_by }: Correlation, values: readonly string[]): Record<string, string> {
  return Object.fromEntries(group_by.map((field, index) => [field, values[index] ?? '']));
}

function commonFields(parts: readonly Signal[]): Record<string, string> {
  const [first, ...others] = parts;
  const common: Record<string, string> = {};
  for (const [name, value] of Object.entries(first?.fields ?? {})) {
    if (others.every(({ fields }) => fields[name] === value)) common[name] = value;
  }
  return common;
}

function entities(templates: readonly string[] | undefined, fields: object): readonly string[] | undefined {
  const filled = templates?.flatMap((template) => fillTemplate(template, fields) ?? []).filter(isEntity);
  return filled === undefined || filled.length === 0 ? undefined : filled;
}

/** A firing whose episode grew: as many hits as it says now. */
export function grownFiring(firing: Signal, { rule }: Definition, hits: number): Signal {
  return { ...firing, summary: summaryOf(rule, firing.fields, hits) };
}

/** Says what holds, and at least how often: the exact count would change with every signal. */
function summaryOf(
  { extension, title, group_by }: Correlation,
  fields: Readonly<Record<string, string>>,
  hits: number,
): string {
  if (extension.summary !== undefined)
    return fillSentence(extension.summary, fields).slice(0, summary_chars_max);
  const by = group_by.map((field) => `${field} ${fields[field] ?? ''}`).join(', ');
  return `${title}: ${by === '' ? '' : `${by}, `}${hits} signals or more`.slice(0, summary_chars_max);
}
