import { z } from 'zod';
import type { RulesByTag } from '../controls/controls.ts';
import { controlSelections } from '../controls/controls.ts';
import type { ExportFilter, Selection } from '../evidence/filter.ts';
import { type Membership, membershipSelections } from '../incident/membership.ts';

const time = z.iso.datetime({ offset: true });
const short = z.string().min(1).max(256);
const list = z.array(short).max(100);

/** What can be asked for, the same on the command line, in the API and in a schedule. All of what is given must hold. */
export const askSchema = z.strictObject({
  from: time.optional().describe('First time, inclusive.'),
  until: time.optional().describe('Last time, exclusive.'),
  types: list.optional().describe('Record types; `batch.*` stands for a family.'),
  controls: list.optional().describe('Controls, such as `pci-dss/10.2.1` or `800-190/4.4.5`; any of them.'),
  outcome: z.enum(['success', 'failure', 'unknown']).optional(),
  actor: short.optional().describe('Who acted: an account, or a pseudonym as leaves have it.'),
  subject: short.optional().describe('What it is about: an entity such as `pod:<uid>` or `user:alice`.'),
  incident: short.optional().describe('All that is about an incident, and the detections in it.'),
  image: short.optional().describe('An image, by digest or by reference.'),
  namespace: short.optional(),
  rule: short.optional().describe('Id of a rule.'),
  facts: z.record(short, short).optional().describe('Facts that must have a value.'),
  text: short.optional().describe('Text that the leaf contains, letter for letter.'),
});

export type Ask = z.infer<typeof askSchema>;

/** What an ask refers to and does not say. */
export interface AskContext {
  /** The pseudonym of a person or an address in leaves of the tenant. */
  readonly pseudonym: (name: string) => string;
  readonly rulesByTag: RulesByTag;
  readonly membershipOf: (incident: string) => Membership;
}

/**
 * The filter that an ask means. It names everything that it selects by, so that it can be applied to the leaves without
 * our rules and keys.
 * @throws BW_CONFIG_INVALID for a control that is not mapped.
 */
export function filterOf(ask: Ask, context: AskContext): ExportFilter {
  const { from, until, types, outcome, text, rule, image, namespace } = ask;
  const facts: Record<string, string> = { ...ask.facts };
  if (rule !== undefined) facts['rule'] = rule;
  if (image !== undefined) facts['images'] = image;
  if (namespace !== undefined) facts['namespaces'] = namespace;
  if (ask.actor !== undefined) facts['actor'] = actorOf(ask.actor, context);
  const groups: (readonly Selection[])[] = [];
  if (ask.controls !== undefined)
    groups.push(ask.controls.flatMap((control) => controlSelections(control, context.rulesByTag)));
  if (ask.subject !== undefined) groups.push(subjectSelections(ask.subject, context));
  if (ask.incident !== undefined) groups.push(membershipSelections(context.membershipOf(ask.incident)));
  return {
    from,
    until,
    types,
    outcome,
    text,
    facts: Object.keys(facts).length > 0 ? facts : undefined,
    one_of: groups.length > 0 ? groups : undefined,
  };
}

function actorOf(actor: string, { pseudonym }: AskContext): string {
  return /^(?:pseudonym|service):/.test(actor) ? actor : pseudonym(actor);
}

/** Entities of people and addresses are under a pseudonym in leaves. */
function subjectSelections(subject: string, { pseudonym }: AskContext): Selection[] {
  const [, value] = /^(?:user|session|ip|external|connection):(.+)$/s.exec(subject) ?? [];
  const shown = value === undefined ? subject : pseudonym(value);
  return ['subjects', 'subject_id', 'actor'].map((fact) => ({ facts: { [fact]: shown } }));
}
