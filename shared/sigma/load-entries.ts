import { createHash } from 'node:crypto';
import type { AuditEntry } from '#shared/service/audit-trail.ts';
import { compareText, type RuleSet } from './set/rule-set.ts';

/** Changes that one load writes down one by one; the hashes of all rules are in its body. */
const changes_max = 1_000;

/**
 * The audit records of a set that came into use: one of the load, with the hash of each document in its body, and one
 * for each document that differs from the set before.
 */
export function loadEntries(
  set: RuleSet,
  previous: RuleSet | undefined,
  { tenant, time_ns }: Pick<AuditEntry, 'tenant' | 'time_ns'>,
): readonly AuditEntry[] {
  const common = { tenant, time_ns, outcome: 'success' } as const;
  const loaded: AuditEntry = {
    ...common,
    type: 'rule.loaded',
    facts: {
      rules: String(set.rules.length + set.correlations.length),
      sha256: setHash(set),
      ...(previous === undefined ? {} : { previous_sha256: setHash(previous) }),
    },
    body: JSON.stringify({ rules: Object.fromEntries(sorted(set)) }),
  };
  const changes = previous === undefined ? [] : changesOf(set, previous).slice(0, changes_max);
  return [loaded, ...changes.map((facts) => ({ ...common, type: 'rule.changed', facts }))];
}

/** Each document whose hash is another: added, changed, or removed. */
function changesOf({ hashes }: RuleSet, previous: RuleSet): readonly Readonly<Record<string, string>>[] {
  const ids = [...new Set([...previous.hashes.keys(), ...hashes.keys()])].sort(compareText);
  return ids.flatMap((name) => {
    const [before, now] = [previous.hashes.get(name), hashes.get(name)];
    if (before === now) return [];
    return [
      {
        name,
        ...(now === undefined ? {} : { sha256: now }),
        ...(before === undefined ? {} : { previous_sha256: before }),
      },
    ];
  });
}

/** One hash for a set: over the ids of its documents and their hashes. */
function setHash(set: RuleSet): string {
  const lines = sorted(set).map(([id, hash]) => `${id} ${hash}\n`);
  return createHash('sha256').update(lines.join('')).digest('hex');
}

function sorted({ hashes }: RuleSet): readonly (readonly [string, string])[] {
  return [...hashes].sort(([a], [b]) => compareText(a, b));
}
