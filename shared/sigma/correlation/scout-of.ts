import type { Signal } from '#shared/avro/types.generated.ts';
import { holds } from '../rule/bounds.ts';
import { type Definition, fieldOf } from './definition.ts';
import { exact_ns_max } from './instant.ts';
import { Interner } from './interner.ts';
import { interned_texts_max, scouted_count_max } from './limits.ts';
import { happeningOf } from './order-of-signals.ts';
import { sourceCondition } from './presence.ts';
import { countScout, distinctScout, orderScout, presenceScout, type Scout } from './scout.ts';

/**
 * The scout of a rule; undefined where there is none: its windows are gone over whenever a hit comes that could fulfil
 * the condition, or when they are over.
 */
export function scoutOf(definition: Definition): Scout | undefined {
  const { rule, sources, final } = definition;
  const timespan = Number(rule.timespan_ns);
  if (final || timespan > exact_ns_max) return undefined;
  const least = leastCount(definition);
  const texts = (): Interner => new Interner(interned_texts_max);
  switch (rule.type) {
    case 'event_count':
      if (least === undefined) return undefined;
      return sources.size === 1
        ? countScout(least, timespan)
        : distinctScout(Math.max(1, least), timespan, happeningOf, texts());
    case 'value_count':
      // None at all is fulfilled by any window.
      if (least === undefined || least === 0) return undefined;
      return distinctScout(least, timespan, valueReader(definition), texts());
    case 'temporal':
      return presenceScout(sources.size, timespan, presenceOf(definition));
    case 'temporal_ordered':
      return least === definition.chain.length && rule.condition === undefined
        ? orderScout(definition.chain, timespan)
        : undefined;
    case 'value_sum':
    case 'value_avg':
    case 'value_median':
    case 'value_percentile':
      return undefined;
  }
}

/** Reads what is counted from a signal of a source of a number. */
function valueReader({ sources }: Definition): (signal: Signal, source: number) => string | undefined {
  const fields = [...sources.values()].map(({ value_fields }) => value_fields);
  return (signal, source) => fieldOf(signal, fields[source] ?? []);
}

/** The least count that is enough; undefined when it is too large to be remembered hit by hit. */
function leastCount({ rule: { bounds } }: Definition): number | undefined {
  for (let count = 0; count <= scouted_count_max; count += 1) {
    if (bounds.every((bound) => holds(bound, count))) return count;
  }
  return undefined;
}

function presenceOf(definition: Definition): (isThere: (source: number) => boolean) => boolean {
  const { rule, sources } = definition;
  if (rule.condition !== undefined) return sourceCondition(rule.condition, definition);
  return (isThere) => {
    let there = 0;
    for (let source = 0; source < sources.size; source += 1) if (isThere(source)) there += 1;
    return rule.bounds.every((bound) => holds(bound, there));
  };
}
