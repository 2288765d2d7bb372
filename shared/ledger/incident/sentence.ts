import type { LeafView } from '../evidence/filter.ts';

/** A leaf as a sentence for people. It says nothing that the leaf does not. */
export function sentenceOf({ type, facts, outcome }: LeafView): string {
  const of = (name: string): string => facts[name] ?? 'unknown';
  const where = [facts['namespaces'], facts['images']].filter((text) => text !== undefined).join(', ');
  const sentences: Record<string, () => string> = {
    'detection.fired': () => {
      const marked =
        facts['origin'] === 'correlation' ? `fired on ${of('parts')} signals` : `marked event ${of('event')}`;
      return `rule ${of('rule')} (${of('level')}, ${of('family')}) ${marked}${where === '' ? '' : ` in ${where}`}`;
    },
    'detection.withdrawn': () =>
      `rule ${of('rule')} (${of('level')}, ${of('family')}) no longer fires as ${of('signal')}`,
    'incident.opened': () =>
      `incident ${of('incident')} opened with score ${of('score')} and ${of('signals')} signals, because of ${of('opened_because')}`,
    'incident.grown': () =>
      `incident ${of('incident')} has ${of('signals')} signals and score ${of('score')}`,
    'incident.status': () => `incident ${of('incident')} went from ${of('before')} to ${of('status')}`,
    'incident.merged': () => `incident ${of('incident')} became part of ${of('merged_into')}`,
    'incident.split': () => `incident ${of('incident')} was split from ${of('from')}`,
    'incident.withdrawn': () => `incident ${of('incident')} fell below the threshold`,
    'incident.milestone': () =>
      `recorded by ${of('actor')}: ${[facts['regime'], of('milestone').replaceAll('_', ' ')].filter(Boolean).join(' ')}`,
    'decision.requested': () => `${of('actor')} asked for: ${of('action')}`,
    'decision.taken': () => `${of('actor')} decided: ${of('action')}`,
  };
  return sentences[type]?.() ?? `${type} (${outcome})`;
}
