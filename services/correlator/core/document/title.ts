import type { Signal } from '#shared/avro/types.generated.ts';
import { entityValue } from '#shared/event/entity.ts';
import { entitiesOf, kindOf } from '../entity/kinds.ts';
import type { IncidentModel } from '../model.ts';
import type { DocumentBounds } from '../parameters.ts';
import { cut, display } from './display.ts';
import { phraseOf } from './phrases.ts';

const step_length_max = 80;

/**
 * What an analyst reads first: where, then what happened in order, such as `shop/storefront: shell in container →
 * service-account token read → new egress to 198.51.100.180`.
 */
export function titleOf(model: IncidentModel, bounds: DocumentBounds): string {
  const where = model.main === undefined ? 'cluster' : display(model.main, model.names);
  return cut(`${where}: ${stepsOf(model, bounds.steps_max).join(' → ')}`, bounds.text_length_max);
}

/** The weightiest distinct steps, in order of time. */
function stepsOf({ members }: IncidentModel, steps_max: number): readonly string[] {
  const bridges = members.filter(({ signal }) => signal.class === 'bridge');
  const observed = bridges.filter(({ signal }) => signal.rule.origin !== 'correlation');
  const steps = new Map<string, { at: number; score: number }>();
  (observed.length > 0 ? observed : bridges).forEach(({ signal }, at) => {
    const step = stepOf(signal);
    const known = steps.get(step);
    steps.set(step, { at: known?.at ?? at, score: Math.max(known?.score ?? 0, signal.score) });
  });
  return [...steps]
    .sort(([, a], [, b]) => b.score - a.score || a.at - b.at)
    .slice(0, steps_max)
    .sort(([, a], [, b]) => a.at - b.at)
    .map(([step]) => step);
}

/** One step in words: what rule authors call it, or the technique where a tool's own rule name says less. */
function stepOf(signal: Signal): string {
  const { rule, techniques } = signal;
  const words = rule.origin === 'tool' ? phraseOf(techniques) : undefined;
  const step = cut(words ?? uncapitalised(rule.title), step_length_max);
  const peer = peerOf(signal);
  return peer === undefined || step.includes(peer.name) ? step : `${step} ${peer.direction} ${peer.name}`;
}

/** The other end outside, for what happened on the network. */
function peerOf({
  family,
  actors,
  targets,
}: Signal): { readonly direction: 'to' | 'from'; readonly name: string } | undefined {
  if (family !== 'network') return undefined;
  const outside = (names: readonly string[]): string | undefined => {
    const entity = entitiesOf(names).find((each) => kindOf(each) === 'external');
    return entity === undefined ? undefined : entityValue(entity);
  };
  const target = outside(targets);
  if (target !== undefined) return { direction: 'to', name: target };
  const actor = outside(actors);
  return actor === undefined ? undefined : { direction: 'from', name: actor };
}

/** `Shell in container` → `shell in container`; acronyms and names stay. */
function uncapitalised(title: string): string {
  const [first, second] = [title.charAt(0), title.charAt(1)];
  return second === second.toLowerCase() && second !== ' ' ? first.toLowerCase() + title.slice(1) : title;
}
