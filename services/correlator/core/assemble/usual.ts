import type { Live } from '../live.ts';
import { toNs } from '../order.ts';
import type { Population } from '../population.ts';
import { type Guise, isPersonal } from '../resolve/habit.ts';
import type { Part } from './part.ts';
import type { Sources } from './sources.ts';

/**
 * Whether what a signal shows was seen before the incident began; where only the first counts, ever before. An attack
 * often begins with somebody who asks for something new, well before anything is suspicious.
 */
export function wasUsual(live: Live, part: Part, sources: Sources): boolean {
  const {
    population,
    parameters: { attach },
  } = sources;
  const { habit, guise, time_ns, signal } = live;
  const [first] = part.bridges;
  if (first === undefined) return false;
  if (isOwnWork(live, part, sources)) return true;
  if (habit === undefined) return false;
  const from_ns = time_ns - toNs(attach.habit_lookback_ms);
  const seen_ns = population.habits.firstSince(habit, from_ns);
  if (seen_ns === undefined) return false;
  if (signal.first_only === true) return seen_ns < time_ns;
  const isAsked = signal.class === 'attach' && (signal.family === 'admission' || isPersonal(habit));
  const isOwners = guise?.text === habit && isOwner(guise, part, seen_ns, from_ns, population);
  const mayBeEarly = isAsked && !isOwners;
  return seen_ns < first.time_ns - toNs(attach.habit_lead_ms + (mayBeEarly ? attach.gap_ms : 0));
}

/** Whether an account asks with the program that it came with before the incident, while somebody else asks in its name. */
function isOwnWork({ guise, time_ns }: Live, part: Part, { population, parameters }: Sources): boolean {
  const [first] = part.bridges;
  if (first === undefined || guise === undefined || isPersonal(guise.text)) return false;
  const { habit_lead_ms, habit_lookback_ms } = parameters.attach;
  const from_ns = time_ns - toNs(habit_lookback_ms);
  const came_ns = population.habits.firstSince(guise.text, from_ns);
  if (came_ns === undefined || came_ns >= first.time_ns - toNs(habit_lead_ms)) return false;
  return isOwner(guise, part, came_ns, from_ns, population);
}

/** Whether it is an owner who comes with this: somebody else comes with something else, and nobody did before. */
function isOwner(
  guise: Guise,
  { bridges }: Part,
  seen_ns: bigint,
  from_ns: bigint,
  { habits }: Population,
): boolean {
  if (habits.seenBetween(guise.person, from_ns, seen_ns)) return false;
  return bridges.some((bridge) => bridge.guise?.person === guise.person && bridge.guise.text !== guise.text);
}
