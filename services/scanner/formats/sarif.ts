import type { Draft, Format, FormatResult } from '#shared/event/format.ts';
import { isJsonObject, isList, type JsonObject, type JsonValue } from '#shared/event/json.ts';
import { at, integer, list, number, object, objects, text } from '#shared/event/read.ts';
import { parseTime } from '#shared/event/time.ts';
import type { KnownExploited } from '../known-exploited.ts';
import {
  type Scan,
  type Severity,
  severityOf,
  severityOfScore,
  type Vulnerability,
  vulnerabilityDraft,
} from './finding.ts';
import { reportDraft, withSaid } from './report.ts';
import { ruleFindingDraft } from './rule-finding.ts';
import { describedPackage, labelled, sarifSubject } from './sarif-text.ts';

/** SARIF 2.1.0 of any scanner. */
export function createSarifFormat(exploited: KnownExploited): Format {
  return {
    name: 'sarif',
    family: 'scanner',
    recognises: (record: JsonValue) =>
      isJsonObject(record) && record['version'] === '2.1.0' && isList(record['runs']),
    normalise: (log: JsonObject, { arrival_ns }) => normalise(log, arrival_ns, exploited),
  };
}

function normalise(log: JsonObject, arrival_ns: bigint, exploited: KnownExploited): FormatResult {
  const runs = objects(log['runs']);
  if (runs.length === 0) return { kind: 'drop', reason: 'sarif.no_runs' };
  return { kind: 'ok', drafts: runs.flatMap((run) => draftsOf(run, arrival_ns, exploited)) };
}

function draftsOf(run: JsonObject, arrival_ns: bigint, exploited: KnownExploited): Draft[] {
  const driver = object(at(run, 'tool', 'driver')) ?? {};
  const results = objects(run['results']);
  const tool = text(driver['name']) ?? 'unknown';
  const scan: Scan = {
    module: 'sarif',
    vendor: tool,
    version: text(driver['version']) ?? text(driver['semanticVersion']),
    report_id: undefined,
    time_ns: parseTime(objects(run['invocations'])[0]?.['endTimeUtc']),
    subject: sarifSubject(run, tool, results[0]),
  };
  const rules = objects(driver['rules']);
  const byId = new Map(rules.map((rule) => [text(rule['id']), rule]));
  const findings = results.flatMap((result) => {
    const rule =
      rules[integer(result['ruleIndex']) ?? -1] ?? byId.get(text(result['ruleId'])) ?? ({} as const);
    return findingOf(scan, tool, result, rule, exploited);
  });
  const said = { tool, results: results.length, findings: findings.length };
  const message = `${tool} scanned ${scan.subject.label}: ${findings.length} findings`;
  const summary = reportDraft(
    scan,
    { action: 'image-scanned', message, category: 'vulnerability', said },
    arrival_ns,
  );
  return [summary, ...findings];
}

const flawText = /^(?:CVE-\d{4}-\d{4,}|GHSA(?:-[0-9a-z]{4}){3}|SNYK-[A-Z0-9-]+)/;

/** A result that is a finding: what passed, does not apply or is gone is none. */
function findingOf(
  scan: Scan,
  tool: string,
  result: JsonObject,
  rule: JsonObject,
  exploited: KnownExploited,
): Draft[] {
  const kind = text(result['kind']);
  const id = text(result['ruleId']) ?? text(rule['id']);
  if (id === undefined || (kind !== undefined && kind !== 'fail' && kind !== 'open' && kind !== 'review'))
    return [];
  if (result['baselineState'] === 'absent') return [];
  const path = text(at(objects(result['locations'])[0], 'physicalLocation', 'artifactLocation', 'uri'));
  const suppressed = isSuppressed(result) ? true : undefined;
  const flaw = flawText.exec(id)?.[0];
  const said = { tool, rule_id: id, level: text(result['level']) };
  const description = text(at(rule, 'fullDescription', 'text'));
  const title = text(at(rule, 'shortDescription', 'text')) ?? text(rule['name']);
  const severity = severityIn(result, rule);
  const reference = text(rule['helpUri']);
  if (flaw === undefined) {
    const reason = text(at(result, 'message', 'text'));
    const found = {
      id,
      kind: 'finding',
      title,
      description,
      reference,
      severity,
      reason,
      path,
      suppressed,
    } as const;
    return [withSaid(ruleFindingDraft(scan, found), 'sarif', said)];
  }
  const base = scoreIn(rule);
  const found: Vulnerability = {
    id: flaw,
    title,
    description,
    severity,
    score: base === undefined ? undefined : { base, version: '3.x' },
    reference,
    fixed_version: labelled(result, rule, 'Fixed Version') ?? labelled(result, rule, 'Fix Version'),
    suppressed,
    package: { ...describedPackage(result, rule, id.slice(flaw.length + 1)), path },
  };
  return [withSaid(vulnerabilityDraft(scan, found, exploited), 'sarif', said)];
}

/** Suppressed when there are suppressions and none of them still waits or was refused. */
function isSuppressed(result: JsonObject): boolean {
  const suppressions = list(result['suppressions']);
  return (
    suppressions.length > 0 &&
    suppressions.every((one) => (text(at(one, 'status')) ?? 'accepted') === 'accepted')
  );
}

const levels: Readonly<Record<string, Severity>> = { error: 'high', warning: 'medium', note: 'low' };

/** The score first: levels only say how loud an editor should be. */
function severityIn(result: JsonObject, rule: JsonObject): Severity {
  const scored = severityOfScore(scoreIn(rule));
  if (scored !== 'unknown') return scored;
  const worded = severityOf(labelled(result, rule, 'Severity'));
  if (worded !== 'unknown') return worded;
  const level = text(result['level']) ?? text(at(rule, 'defaultConfiguration', 'level')) ?? 'warning';
  return levels[level] ?? 'unknown';
}

function scoreIn(rule: JsonObject): number | undefined {
  const score = number(at(rule, 'properties', 'security-severity'));
  return score !== undefined && score > 0 ? score : undefined;
}
