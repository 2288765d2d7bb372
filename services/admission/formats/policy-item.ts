import { isList, parseJson } from '#shared/event/json.ts';
import { text } from '#shared/event/read.ts';
import type { PolicyFinding } from './policy-finding.ts';

/** What passes or does not apply is no finding. */
export function isFinding({ result }: PolicyFinding): boolean {
  return result !== 'pass' && result !== 'skip';
}

/** Characters of each part of a name. */
const name_part_length_max = 128;

/** Which policy and rule was checked on which object: the same for all versions of a report. */
function itemName({ policy, rule, engine, subject }: PolicyFinding): string {
  const parts = [policy, rule, engine, subject.kind, subject.namespace, subject.name, subject.uid];
  return JSON.stringify(parts.map((part) => part?.slice(0, name_part_length_max) ?? ''));
}

/** The results of a report with their names; those of one rule on one object are told apart by their order. */
export function named(
  findings: readonly PolicyFinding[],
): readonly { readonly name: string; readonly finding: PolicyFinding }[] {
  const seen = new Map<string, number>();
  return findings.map((finding) => {
    const name = itemName(finding);
    const before = seen.get(name) ?? 0;
    seen.set(name, before + 1);
    if (before === 0) return { name, finding };
    const dedupe_key = `${finding.dedupe_key ?? ''}|${before}`;
    return { name: `${name}#${before}`, finding: { ...finding, dedupe_key } };
  });
}

/** What is known of a result that a report does not hold any more: its name. */
export function goneFinding(name: string, time_ns: bigint | undefined): PolicyFinding {
  const end = name.lastIndexOf(']') + 1;
  const parsed = parseJson(name.slice(0, end));
  const parts = parsed.kind === 'ok' && isList(parsed.value) ? parsed.value : [];
  const [policy, rule, engine, kind, namespace, object_name, uid] = parts.map((part) => text(part));
  return {
    engine: engine ?? 'policyreport',
    policy: policy ?? 'unnamed',
    rule,
    result: 'gone',
    severity: undefined,
    category: undefined,
    message: undefined,
    subject: { kind, namespace, name: object_name, uid, api_version: undefined },
    time_ns,
    dedupe_key: `${name}|gone`,
    tool: {},
  };
}
