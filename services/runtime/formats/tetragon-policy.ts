import { type AttackReference, attackOfTags, noAttack } from '#shared/event/attack.ts';
import type { Mark } from '#shared/event/format.ts';
import type { JsonObject } from '#shared/event/json.ts';
import { text, texts } from '#shared/event/read.ts';
import { ruleSlug } from './rule-slug.ts';

/** What a tracing policy says by having matched. */
export interface PolicyVerdict {
  readonly policy: string;
  readonly mark: Mark;
  readonly attack: AttackReference;
  /** The policy stopped the process or made the call fail. */
  readonly enforced: boolean;
}

/**
 * A tracing policy observes more often than it judges, so a match alone is `low`; tags that name ATT&CK make it
 * `medium`, and enforcement (kill, signal, override) `high`: someone decided that this must not happen.
 */
export function policyVerdict(event: JsonObject): PolicyVerdict | undefined {
  const policy = text(event['policy_name']);
  if (policy === undefined) return undefined;
  const enforced = isEnforced(event['action']) || isEnforced(event['return_action']);
  const attack = attackOf(texts(event['tags']));
  const isTagged = attack.tactics.length > 0 || attack.techniques.length > 0;
  const level = enforced ? 'high' : isTagged ? 'medium' : 'low';
  const mark: Mark = {
    rule: {
      id: `tetragon/${ruleSlug(policy)}`,
      title: text(event['message']) ?? policy,
      level,
      origin: 'tool',
    },
    tactics: attack.tactics,
    techniques: attack.techniques,
  };
  return { policy, mark, attack, enforced };
}

function isEnforced(action: unknown): boolean {
  switch (action) {
    case 'KPROBE_ACTION_SIGKILL':
    case 'KPROBE_ACTION_SIGNAL':
    case 'KPROBE_ACTION_OVERRIDE':
    case 'KPROBE_ACTION_NOTIFYENFORCER':
    case 'KPROBE_ACTION_NOTIFYKILLER':
      return true;
    default:
      return false;
  }
}

const observability = 'observability.';

/** The tags of Tetragon's own policies start with `observability.`. */
function attackOf(tags: readonly string[] | undefined): AttackReference {
  if (tags === undefined) return noAttack;
  return attackOfTags(
    tags.map((tag) => (tag.startsWith(observability) ? tag.slice(observability.length) : tag)),
  );
}
