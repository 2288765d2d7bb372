import type { Signal } from '#shared/avro/types.generated.ts';
import type { Correlations } from '#shared/sigma/correlation/port.ts';
import { signalText } from '../core/intake/signal-text.ts';

const window_ns = 600_000_000_000n;

/** What a simple correlation says of a set of signals: a shell, then a token read by the same actor within 10 minutes. */
export function firingsOf(signals: readonly Signal[]): readonly Signal[] {
  const smallest = new Map<string, Signal>();
  for (const signal of signals) {
    const known = smallest.get(signal.id);
    if (known === undefined || comesFirst(signal, known)) smallest.set(signal.id, signal);
  }
  const all = [...smallest.values()].sort((a, b) => (comesFirst(a, b) ? -1 : 1));
  return all.flatMap((shell) => {
    const [actor] = shell.actors;
    if (shell.rule.id !== 'r/shell' || actor === undefined) return [];
    const tokens = all.filter(
      ({ rule, actors, time_ns }) =>
        rule.id === 'r/token' &&
        actors.includes(actor) &&
        time_ns > shell.time_ns &&
        time_ns - shell.time_ns <= window_ns,
    );
    return tokens.length === 0 ? [] : [firingOf(shell, tokens)];
  });
}

function firingOf(shell: Signal, tokens: readonly Signal[]): Signal {
  const last = tokens.at(-1) ?? shell;
  return {
    ...shell,
    id: `firing-${shell.id}`,
    time_ns: last.time_ns,
    rule: { id: 'r/sequence', title: 'Shell, then token read', level: 'high', origin: 'correlation' },
    score: 73,
    class: 'bridge',
    opener: tokens.length === 1,
    event: last.event,
    targets: [...last.targets],
    summary: 'Shell, then token read',
    fields: {},
    parts: [shell.id, ...tokens.map(({ id }) => id)],
  };
}

function comesFirst(a: Signal, b: Signal): boolean {
  if (a.time_ns !== b.time_ns) return a.time_ns < b.time_ns;
  return signalText(a) < signalText(b);
}

/** The correlation above, kept up to date; forgets everything when it is made anew. */
export function testCorrelations(): Correlations {
  const signals: Signal[] = [];
  let standing = new Map<string, string>();
  return {
    add: (added) => {
      signals.push(...added);
      const firings = firingsOf(signals);
      const now = new Map(firings.map((firing) => [firing.id, signalText(firing)]));
      const fired = firings.filter(({ id }) => standing.get(id) !== now.get(id));
      const withdrawn = [...standing.keys()].filter((id) => !now.has(id));
      standing = now;
      const parts = new Map(
        fired.map(({ id, parts: ids }) => [id, signals.filter((signal) => ids.includes(signal.id))]),
      );
      return { fired, parts, withdrawn };
    },
    save: (numberOf) => signals.map(numberOf).join(' '),
    restore(saved, all) {
      signals.push(...saved.split(' ').flatMap((at) => all[Number(at)] ?? []));
      standing = new Map(firingsOf(signals).map((firing) => [firing.id, signalText(firing)]));
      return true;
    },
  };
}
