import type { Level } from '#shared/avro/types.generated.ts';
import { type AttackReference, attackOfTags, threatOf } from '#shared/event/attack.ts';
import type { EcsThreat } from '#shared/event/ecs.ts';
import { type KnownRule, knownRules } from './falco-rules.ts';
import type { Severity } from '#shared/event/severity.ts';
import { ruleSlug } from './rule-slug.ts';

/** What a priority says of an alert. */
interface PriorityMeaning {
  readonly severity: Severity;
  /** Of rules that are not in the table, one step more careful at the top. */
  readonly level: Level;
}

const priorities: ReadonlyMap<string, PriorityMeaning> = new Map<string, PriorityMeaning>([
  ['emergency', { severity: 99, level: 'critical' }],
  ['alert', { severity: 99, level: 'critical' }],
  ['critical', { severity: 99, level: 'high' }],
  ['error', { severity: 73, level: 'high' }],
  ['warning', { severity: 47, level: 'medium' }],
  ['notice', { severity: 47, level: 'medium' }],
  ['informational', { severity: 21, level: 'low' }],
  ['info', { severity: 21, level: 'low' }],
  ['debug', { severity: 21, level: 'informational' }],
]);

/** What a priority means, however it is capitalised; undefined for a word that is none. */
export function priorityMeaning(priority: string): PriorityMeaning | undefined {
  return priorities.get(priority) ?? priorities.get(priority.toLowerCase());
}

/** Where the other end of the connection is that an alert is about. */
export type PeerPlace = 'loopback' | 'inside' | 'outside' | 'none';

/** What an alert says by the name of its rule, its priority and its tags, whatever happened. */
interface Meaning {
  readonly rule_id: string;
  readonly level: Level;
  readonly severity: Severity | undefined;
  readonly fact: KnownRule | undefined;
  readonly attack: AttackReference;
  readonly threat: EcsThreat | undefined;
}

/** What an alert means, and how much it says. */
export interface FalcoVerdict {
  readonly level: Level;
  readonly meaning: Meaning;
  readonly reaches_node: boolean;
}

/** The level of an alert, and the ATT&CK tactics and techniques that its tags or the table name. */
export function falcoVerdict(
  rule: string,
  priority: string,
  tags: readonly string[],
  peer: PeerPlace,
): FalcoVerdict {
  const meaning = meaningOf(rule, priority, tags);
  const { fact, level } = meaning;
  return {
    level: fact?.peer_decides === true ? levelByPeer(level, peer) : level,
    meaning,
    reaches_node: fact?.reaches_node === true,
  };
}

/** Rules that a sensor may have; beyond, the memory starts anew. */
const cached_rules_max = 4096;
const cache = new Map<string, KnownMeaning>();

interface KnownMeaning {
  readonly priority: string;
  readonly tags: readonly string[];
  readonly meaning: Meaning;
}

/** A rule comes with the same priority and tags all day. */
function meaningOf(rule: string, priority: string, tags: readonly string[]): Meaning {
  const known = cache.get(rule);
  if (known !== undefined && known.priority === priority && areSame(known.tags, tags)) return known.meaning;
  const said = priorityMeaning(priority);
  const fact = knownRules.get(rule);
  const tagged = attackOfTags(tags);
  const attack = fact === undefined ? tagged : completed(tagged, fact);
  const meaning: Meaning = {
    rule_id: `falco/${ruleSlug(rule)}`,
    level: fact?.level ?? said?.level ?? 'low',
    severity: said?.severity,
    fact,
    attack,
    threat: threatOf(attack),
  };
  if (cache.size >= cached_rules_max) cache.clear();
  cache.set(rule, { priority, tags, meaning });
  return meaning;
}

function areSame(some: readonly string[], others: readonly string[]): boolean {
  if (some.length !== others.length) return false;
  for (let index = 0; index < some.length; index++) if (some[index] !== others[index]) return false;
  return true;
}

function levelByPeer(level: Level, peer: PeerPlace): Level {
  if (peer === 'outside') return 'high';
  return peer === 'loopback' ? 'low' : level;
}

/** What the alert says goes first; the table fills what it leaves out. */
function completed(tagged: AttackReference, fact: KnownRule): AttackReference {
  if (tagged.tactics.length > 0 && tagged.techniques.length > 0) return tagged;
  const techniques = fact.technique === undefined ? [] : [fact.technique];
  return {
    tactics: tagged.tactics.length > 0 ? tagged.tactics : [fact.tactic],
    techniques: tagged.techniques.length > 0 ? tagged.techniques : techniques,
  };
}
