import { z } from 'zod';
import { codecs } from '#shared/avro/codecs.ts';
import type { Signal } from '#shared/avro/types.generated.ts';
import { type Entity, isEntity } from '#shared/event/entity.ts';
import type { Correlations } from '#shared/sigma/correlation/port.ts';
import { ScopeFold } from './fold.ts';
import type { Parameters } from './parameters.ts';

/** What the correlation rules of one scope may take of a checkpoint. */
const correlations_bytes_max = 64 * 1024 * 1024;

/** Records are Avro in base64; times and counts beyond 2^53 are decimal text. */
const snapshotSchema = z.object({
  format: z.literal(1),
  scope: z.string(),
  watermark_ns: z.string().optional(),
  signals: z.array(z.string()),
  firings: z.array(z.string()),
  facts: z.array(z.string()),
  decisions: z.array(z.string()),
  /** What floods were cut to, by flood key. */
  cuts: z.array(z.tuple([z.string(), z.array(z.string())])),
  /** Counts of signals that are gone. */
  counts: z.array(
    z.object({
      entity: z.custom<Entity>((value) => typeof value === 'string' && isEntity(value)),
      days: z.array(z.tuple([z.number(), z.number()])),
      hours: z.array(
        z.tuple([
          z.number(),
          z.number(),
          z.array(
            z.tuple([z.custom<Entity>((value) => typeof value === 'string' && isEntity(value)), z.number()]),
          ),
        ]),
      ),
    }),
  ),
  /** Times at which a habit was seen by signals that are gone. */
  habits: z.array(z.tuple([z.string(), z.array(z.string())])),
  /** What the correlation rules remember, and the signals it numbers that are not among the others. */
  correlations: z.object({ state: z.string(), signals: z.array(z.string()) }).optional(),
  registry: z.object({
    incidents: z.array(
      z.tuple([z.string(), z.string(), z.enum(['candidate', 'open', 'acknowledged', 'closed', 'merged'])]),
    ),
    rows: z.array(z.tuple([z.string(), z.string(), z.string()])),
  }),
});

/**
 * The state of a scope as JSON text: the set of its inputs, and what was written. The rest is computed from it. All that
 * was taken must have been shown. `withCorrelations`: with what the correlation rules remember; without it they have to
 * be shown their signals again.
 */
export function saveFold(fold: ScopeFold, withCorrelations = true): string {
  const { intake, facts, decisions, population, horizon, showcase } = fold;
  const base64 = (record: Buffer): string => record.toString('base64');
  const signals = [...intake.kept()];
  const snapshot: z.infer<typeof snapshotSchema> = {
    format: 1,
    scope: fold.scope,
    watermark_ns: horizon.watermark_ns === undefined ? undefined : String(horizon.watermark_ns),
    signals: signals.map((signal) => base64(codecs.signal.encode(signal))),
    firings: Array.from(intake.firings(), (signal) => base64(codecs.signal.encode(signal))),
    facts: Array.from(facts.all(), ({ a, relation, b, from_ns, to_ns, confidence }) =>
      base64(
        codecs.fact.encode({
          id: '',
          scope: fold.scope,
          a,
          relation,
          b,
          from_ns,
          to_ns,
          confidence,
          source_hash: '',
        }),
      ),
    ),
    decisions: Array.from(decisions.all(), (decision) => base64(codecs.decision.encode(decision))),
    cuts: Array.from(intake.cuts(), ([key, hashes]) => [key, [...hashes]]),
    counts: [...population.histories()].flatMap((history) => {
      const remembered = history.remembered();
      if (remembered === undefined) return [];
      const { entity, days, hours } = remembered;
      return [
        {
          entity,
          days: days.map(([day, evicted]): [number, number] => [day, evicted]),
          hours: hours.map(([hour, evicted, others]): [number, number, [Entity, number][]] => [
            hour,
            evicted,
            others.map(([other, count]): [Entity, number] => [other, count]),
          ]),
        },
      ];
    }),
    habits: Array.from(population.habits.remembered(), ([habit, gone_ns]) => [habit, gone_ns.map(String)]),
    correlations: withCorrelations ? saveCorrelations(fold, signals) : undefined,
    registry: {
      incidents: showcase.registry.save().incidents.map(([id, digest, status]) => [id, digest, status]),
      rows: showcase.registry.save().rows.map(([id, digest, incident]) => [id, digest, incident]),
    },
  };
  return JSON.stringify(snapshot);
}

interface SavedCorrelations {
  readonly state: string;
  readonly signals: string[];
}

/**
 * Signals that the fold keeps are named by their place; others, such as those of a flood, are put beside. Undefined when
 * that would be too much: then the correlation rules are shown their signals again.
 */
function saveCorrelations(fold: ScopeFold, kept: readonly Signal[]): SavedCorrelations | undefined {
  const numbers = new Map(kept.map((signal, at) => [signal, at]));
  const signals: string[] = [];
  let bytes = 0;
  const state = fold.saveCorrelations((signal) => {
    let number = numbers.get(signal);
    if (number === undefined) {
      number = kept.length + signals.length;
      numbers.set(signal, number);
      if (bytes > correlations_bytes_max) return number;
      const text = codecs.signal.encode(signal).toString('base64');
      bytes += text.length;
      signals.push(text);
    }
    return number;
  });
  return bytes + state.length > correlations_bytes_max ? undefined : { state, signals };
}

export interface LoadedFold {
  readonly fold: ScopeFold;
  /** False: the correlation rules have to be shown their signals again. */
  readonly remembers: boolean;
}

/**
 * Makes a fold from what `saveFold` wrote. Its next `show` tells what has to be written: nothing, unless parameters or
 * code are others than those of the writer.
 * @throws ZodError, SyntaxError or BW_AVRO_MALFORMED for what `saveFold` did not write.
 */
export function loadFold(text: string, parameters: Parameters, correlations: Correlations): LoadedFold {
  const saved = snapshotSchema.parse(JSON.parse(text));
  const fold = new ScopeFold(saved.scope, parameters, correlations);
  const bytes = (record: string): Buffer => Buffer.from(record, 'base64');
  const signals = saved.signals.map((signal) => codecs.signal.decode(bytes(signal)));
  const firings = saved.firings.map((signal) => codecs.signal.decode(bytes(signal)));
  fold.showcase.registry.load(saved.registry);
  fold.restore({
    facts: saved.facts.map((fact) => codecs.fact.decode(bytes(fact))),
    decisions: saved.decisions.map((decision) => codecs.decision.decode(bytes(decision))),
    signals,
    firings,
    cuts: saved.cuts,
    counts: saved.counts,
    habits: saved.habits.map(([habit, gone]) => [habit, gone.map(BigInt)]),
    watermark_ns: saved.watermark_ns === undefined ? undefined : BigInt(saved.watermark_ns),
  });
  const remembers = saved.correlations !== undefined && restoreCorrelations(saved.correlations);
  if (!remembers) fold.doubtFirings(firings);
  return { fold, remembers };

  function restoreCorrelations({ state, signals: beside }: SavedCorrelations): boolean {
    const others = beside.map((signal) => codecs.signal.decode(bytes(signal)));
    return correlations.restore(state, [...signals, ...others]);
  }
}
