import type { Signal } from '#shared/avro/types.generated.ts';
import type { PostureName } from '../parameters.ts';

/**
 * Checks that fail where a pod has power over its node: privileged, in the node's namespaces, with its files or with added
 * capabilities. That a pod does not drop the ordinary ones is no such power.
 */
const powerOverNode = /privileged|host-?(?:pid|ipc|network|namespace|path|root)|(?<!drop.*)capabilit/;

/**
 * What a context signal says of the posture of an image or workload; undefined for what raises no score. Scanners name
 * findings `finding:<CVE>`, or `exploited:<CVE>` when they are known to be exploited; policies say in their rule's id
 * what they check.
 */
export function postureOf({ rule }: Signal): PostureName | undefined {
  const id = rule.id.toLowerCase();
  if (id.startsWith('exploited:')) return 'known_exploited';
  if (id.startsWith('finding:')) return undefined;
  if (/unsigned|untrusted|signature|image-trust|verify-image/.test(id)) return 'untrusted_image';
  if (powerOverNode.test(id)) return 'privileged';
  return /exposed|internet-facing|public-service/.test(id) ? 'exposed' : undefined;
}

const vulnerability = /CVE[-_](\d{4})[-_](\d{4,7})/gi;

/** CVE ids in a text, in their usual form. */
export function vulnerabilitiesIn(text: string): readonly string[] {
  return [...text.matchAll(vulnerability)].map(([, year, number]) => `CVE-${year}-${number}`);
}

/** The CVE that a context signal reports; undefined when it reports none. */
export function vulnerabilityOf({ rule }: Signal): string | undefined {
  return vulnerabilitiesIn(rule.id)[0];
}

const mention = /CVE[-_]\d/i;

/** The CVEs that a signal speaks of, in its rule, its summary or its fields: each once, sorted. */
export function mentionedBy({ rule, summary, fields }: Signal): readonly string[] {
  const texts = [rule.id, rule.title, summary, ...Object.values(fields)].filter((text) => mention.test(text));
  return texts.length === 0 ? none : [...new Set(texts.flatMap(vulnerabilitiesIn))].sort();
}

const none: readonly string[] = [];
