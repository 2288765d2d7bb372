import { type Entity, entityKind } from '#shared/event/entity.ts';
import type { ScoreTerm, Verdict } from '../core/model.ts';
import type { Parameters, PostureName } from '../core/parameters.ts';
import { ms } from './identity.ts';
import { mainOf, type Resolved } from './signals.ts';

/** How much a part weighs, and why it is shown. */
export function verdictOf(
  bridges: readonly Resolved[],
  posture: readonly { name: PostureName; because: string }[],
  decided: boolean,
  parameters: Parameters,
): Verdict {
  const { score: weights, skew_ms } = parameters;
  const approved = bridges.filter((one) => one.approved);
  const isBenign = (one: Resolved): boolean =>
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
  const seconded = critical.find((one) => counted.some(({ signal }) => signal.family !== one.signal.family));
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
