import type { Entity } from '#shared/event/entity.ts';
import type { Live } from '../live.ts';
import type { ScoreTerm, Verdict } from '../model.ts';
import { compareText } from '../order.ts';
import type { Parameters, PostureName } from '../parameters.ts';
import { benignAmong } from './benign.ts';

/** A context signal that says something of the posture. */
export interface PostureEvidence {
  readonly name: PostureName;
  /** Id of the context signal. */
  readonly because: string;
}

/**
 * Weighs the bridge signals of one incident: Σ score_i / i^1.5 over distinct (rule, main entity), 100 being one critical
 * and one high; times posture; plus points for each further tactic and family; without what is known to be benign.
 * `signals` in the order of `byTime`, `posture` at most one of each name; `decided`: a person works on it.
 */
export function weigh(
  signals: readonly Live[],
  posture: readonly PostureEvidence[],
  decided: boolean,
  parameters: Parameters,
): Verdict {
  const { score: weights } = parameters;
  const benign = benignAmong(signals, parameters);
  const counted = signals.filter(({ id }) => !benign.has(id));
  const all = base(signals, parameters);
  const own = base(counted, parameters);
  const terms: ScoreTerm[] = [...all.terms];
  if (benign.size > 0) {
    terms.push({ term: 'benign', signals: benign.size, points: round(own.sum - all.sum) });
  }
  let score = own.sum;
  for (const { name, because } of posture) {
    const points = score * (weights.posture[name] - 1);
    if (score > 0) terms.push({ term: 'posture', name, because, points: round(points) });
    score += points;
  }
  const tactics = new Set(counted.flatMap(({ signal }) => signal.tactics)).size;
  const families = new Set(counted.map(({ signal }) => signal.family)).size;
  for (const [term, count, each] of [
    ['tactics', tactics, weights.tactic_points],
    ['families', families, weights.family_points],
  ] as const) {
    if (count < 2) continue;
    const points = (count - 1) * each;
    terms.push({ term, count, points });
    score += points;
  }
  if (score > 100) terms.push({ term: 'limit', points: round(100 - score) });
  const total = round(Math.min(100, score));
  const opened_because = openingOf(counted, total, decided, parameters);
  return {
    score: total,
    terms,
    severity: severityOf(total, counted, opened_because, parameters),
    opened_because,
  };
}

/** The normalised sum with its terms, largest first. */
function base(signals: readonly Live[], { score: weights }: Parameters): { sum: number; terms: ScoreTerm[] } {
  const distinct = new Map<
    string,
    { rule: string; title: string; entity: Entity | undefined; score: number }
  >();
  for (const { signal, main } of signals) {
    const key = `${signal.rule.id}\n${main ?? ''}`;
    const known = distinct.get(key);
    if (known !== undefined && known.score >= signal.score) continue;
    distinct.set(key, {
      rule: signal.rule.id,
      title: known?.title ?? signal.rule.title,
      entity: main,
      score: signal.score,
    });
  }
  const sorted = [...distinct].sort(([keyA, a], [keyB, b]) => b.score - a.score || compareText(keyA, keyB));
  let sum = 0;
  const terms = sorted.map(([, entry], index): ScoreTerm => {
    const points = (100 * entry.score) / (index + 1) ** weights.exponent / weights.full;
    sum += points;
    return { term: 'signal', ...entry, points: round(points) };
  });
  if (sum > 100) terms.push({ term: 'limit', points: round(100 - sum) });
  return { sum: Math.min(100, sum), terms };
}

/** Why it is shown; undefined while it is a candidate. */
function openingOf(
  signals: readonly Live[],
  score: number,
  decided: boolean,
  { score: weights }: Parameters,
): Verdict['opened_because'] {
  const opener = signals.find(({ signal }) => signal.opener);
  if (opener !== undefined) return { kind: 'sequence', signal: opener.id };
  if (score >= weights.open_min) return { kind: 'score', signal: undefined };
  const critical = signals.find(
    ({ signal }) =>
      signal.rule.level === 'critical' && signals.some((other) => other.signal.family !== signal.family),
  );
  if (critical !== undefined) return { kind: 'critical', signal: critical.id };
  return decided ? { kind: 'decision', signal: undefined } : undefined;
}

function severityOf(
  score: number,
  signals: readonly Live[],
  opened: Verdict['opened_because'],
  { score: weights }: Parameters,
): Verdict['severity'] {
  const critical = signals.some(({ signal }) => signal.rule.level === 'critical');
  if (critical || score >= weights.severity.critical) return 99;
  if (opened?.kind === 'sequence' || score >= weights.severity.high) return 73;
  return score >= weights.severity.medium ? 47 : 21;
}

function round(points: number): number {
  const rounded = Math.round(points * 100) / 100;
  return rounded === 0 ? 0 : rounded;
}
