import type { Level } from '#shared/avro/types.generated.ts';
import { type AttackReference, attackOfTags } from '#shared/event/attack.ts';
import type { JsonObject } from '#shared/event/json.ts';
import { integer, object, text, texts } from '#shared/event/read.ts';

/** Where a packet came from and went, which changes what an alert about it means. */
export type Direction = 'inbound' | 'outbound' | 'internal' | 'unknown';

/** Groups of the public rule sets that speak of what exists, not of what is wrong. */
const informationalGroups: ReadonlySet<string> = new Set(['INFO', 'CHAT', 'GAMES', 'ICMP_INFO', 'MISC']);
/** Groups that are right about what they see, and see it everywhere: scans, reputation lists, company policy. */
const lowGroups: ReadonlySet<string> = new Set([
  '3CORESEC',
  'CINS',
  'COMPROMISED',
  'DNS',
  'DROP',
  'DSHIELD',
  'HUNTING',
  'P2P',
  'POLICY',
  'SCAN',
  'TOR',
  'USER_AGENTS',
]);
/** Groups and categories that tell of something that already runs or succeeded, not of an attempt. */
const presentGroups: ReadonlySet<string> = new Set([
  'ATTACK_RESPONSE',
  'COINMINER',
  'MALWARE',
  'TROJAN',
  'WORM',
  'MOBILE_MALWARE',
]);

const levels: readonly Level[] = ['informational', 'low', 'medium', 'high'];

/**
 * The level of an alert. Suricata's severity (1 is worst) says how bad it would be; whoever is reachable from outside
 * is attacked all day, so attempts from outside are `low` by themselves and become more only with what follows. What
 * was blocked counts one level less.
 */
export function suricataLevel(alert: JsonObject, direction: Direction): Level {
  const base = baseLevel(alert, direction);
  if (alert['action'] !== 'blocked') return base;
  return levels[Math.max(0, levels.indexOf(base) - 1)] ?? base;
}

function baseLevel(alert: JsonObject, direction: Direction): Level {
  const category = text(alert['category']) ?? '';
  const signature = text(alert['signature']) ?? '';
  const group = groupOf(signature);
  if (group === 'ENGINE' || category === 'Generic Protocol Command Decode') return 'informational';
  if (informationalGroups.has(group) || category === 'Not Suspicious Traffic') return 'informational';
  if (lowGroups.has(group)) return 'low';
  const isAttempt = signature.includes('Attempt');
  const isPresent = (presentGroups.has(group) && !isAttempt) || category.startsWith('Successful');
  if (direction === 'inbound' && !isPresent) return 'low';
  const severity = integer(alert['severity']) ?? 3;
  if (severity <= 1) return 'high';
  return severity === 2 ? 'medium' : 'low';
}

/** `ET MALWARE …` is of the group `MALWARE`; `SURICATA HTTP …` is the engine itself. */
function groupOf(signature: string): string {
  const [set, group = ''] = signature.split(' ', 2);
  if (set === 'SURICATA') return 'ENGINE';
  return set === 'ET' || set === 'ETPRO' || set === 'GPL' ? group : '';
}

/** ATT&CK as the rule's metadata names it, else as its category suggests. */
export function suricataAttack(alert: JsonObject, direction: Direction): AttackReference {
  const metadata = object(alert['metadata']);
  const tagged = attackOfTags([
    ...(texts(metadata?.['mitre_tactic_id']) ?? []),
    ...(texts(metadata?.['mitre_technique_id']) ?? []),
  ]);
  if (tagged.tactics.length + tagged.techniques.length > 0) return tagged;
  return attackOfCategory(text(alert['category']) ?? '', direction);
}

function attackOfCategory(category: string, direction: Direction): AttackReference {
  switch (category) {
    case 'Attempted Administrator Privilege Gain':
    case 'Attempted User Privilege Gain':
    case 'Web Application Attack':
    case 'Executable code was detected':
      return direction === 'internal'
        ? { tactics: ['lateral-movement'], techniques: ['T1210'] }
        : { tactics: ['initial-access'], techniques: ['T1190'] };
    case 'A Network Trojan was detected':
    case 'Malware Command and Control Activity Detected':
    case 'Domain Observed Used for C2 Detected':
    case 'Targeted Malicious Activity was Detected':
      return { tactics: ['command-and-control'], techniques: ['T1071'] };
    case 'Crypto Currency Mining Activity Detected':
    case 'Coinminer Activity Detected':
      return { tactics: ['impact'], techniques: ['T1496'] };
    case 'Detection of a Network Scan':
    case 'Attempted Information Leak':
      return direction === 'internal'
        ? { tactics: ['discovery'], techniques: ['T1046'] }
        : { tactics: ['reconnaissance'], techniques: ['T1595'] };
    case 'Attempted Denial of Service':
      return { tactics: ['impact'], techniques: ['T1498'] };
    case 'Successful Credential Theft Detected':
      return { tactics: ['credential-access'], techniques: [] };
    default:
      return { tactics: [], techniques: [] };
  }
}

/** The CVE that a rule is about: from its metadata (`CVE_2022_22965`), else from its name. */
export function cveOf(alert: JsonObject): string | undefined {
  const tagged = texts(object(alert['metadata'])?.['cve'])?.[0];
  if (tagged?.startsWith('CVE_') === true) return tagged.replaceAll('_', '-');
  return /CVE-\d{4}-\d{4,7}/.exec(text(alert['signature']) ?? '')?.[0];
}
