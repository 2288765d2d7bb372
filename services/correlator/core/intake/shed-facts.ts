import type { Entity } from '#shared/event/entity.ts';
import { compareText } from '../order.ts';
import type { FactParameters } from '../parameters.ts';
import type { FactBook, Statement } from './facts.ts';

/**
 * Lets go of statements when there are too many, and returns them: those that no living signal went past before others,
 * those that ended before those that hold, older ones before newer ones. While nothing has to be let go of, incidents
 * depend on the set of facts alone; afterwards on what was shed, too, so that it must be told.
 */
export function shedFacts(
  facts: FactBook,
  isUsed: (entity: Entity) => boolean,
  { held_max, shed_share }: FactParameters,
): readonly Statement[] {
  if (facts.size <= held_max) return [];
  const kept = Math.floor(held_max * (1 - shed_share));
  const ranked = Array.from(facts.all(), (statement) => ({
    statement,
    used: isUsed(statement.a) || isUsed(statement.b) ? 1 : 0,
  }));
  ranked.sort((x, y) => x.used - y.used || byUse(x.statement, y.statement));
  const shed = ranked.slice(0, facts.size - kept).map(({ statement }) => statement);
  for (const statement of shed) facts.remove(statement);
  return shed;
}

function byUse(a: Statement, b: Statement): number {
  if ((a.to_ns === null) !== (b.to_ns === null)) return a.to_ns === null ? 1 : -1;
  const [timeA, timeB] = [a.to_ns ?? a.from_ns, b.to_ns ?? b.from_ns];
  if (timeA !== timeB) return timeA < timeB ? -1 : 1;
  return compareText(a.text, b.text);
}
