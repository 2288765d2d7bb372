import type { Draft, Format, FormatResult } from '#shared/event/format.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '#shared/event/json.ts';
import { at, number, object, objects, text, texts } from '#shared/event/read.ts';
import { parseTime } from '#shared/event/time.ts';
import type { KnownExploited } from '../known-exploited.ts';
import { componentPackage, componentsOf, componentSubject } from './cyclonedx-components.ts';
import { type Scan, severityOf, type Severity, type Vulnerability, vulnerabilityDraft } from './finding.ts';
import { imageOfPurl, parsePurl } from './purl.ts';
import { reportDraft, withSaid } from './report.ts';

/** CycloneDX in JSON, 1.2 to 1.7: a bill of materials, its vulnerabilities, or a VEX document alone. */
export function createCycloneDxFormat(exploited: KnownExploited): Format {
  return {
    name: 'cyclonedx',
    family: 'scanner',
    recognises: (record: JsonValue) => isJsonObject(record) && record['bomFormat'] === 'CycloneDX',
    normalise: (bom: JsonObject, { arrival_ns }) => normalise(bom, arrival_ns, exploited),
  };
}

function normalise(bom: JsonObject, arrival_ns: bigint, exploited: KnownExploited): FormatResult {
  const scan = scanOf(bom);
  const components = componentsOf(bom);
  const findings = objects(bom['vulnerabilities']).flatMap((found) =>
    findingsOf(scan, found, components, exploited),
  );
  const subjects = isJsonObject(at(bom, 'metadata', 'component')) ? 1 : 0;
  const count = Math.max(0, components.size - subjects);
  const hasComponents = count > 0;
  const kind = hasComponents ? 'Bill of materials' : 'VEX document';
  const summary = reportDraft(
    scan,
    {
      action: hasComponents ? 'sbom-received' : 'vex-received',
      message: `${kind} of ${scan.subject.label}: ${count} components, ${findings.length} findings`,
      category: hasComponents ? 'package' : 'vulnerability',
      said: {
        serial_number: text(bom['serialNumber']),
        specification_version: text(bom['specVersion']),
        components: count,
        findings: findings.length,
        tool: scan.vendor,
      },
    },
    arrival_ns,
  );
  return { kind: 'ok', drafts: [summary, ...findings] };
}

function scanOf(bom: JsonObject): Scan {
  const tools = at(bom, 'metadata', 'tools');
  const tool = objects(tools)[0] ?? objects(at(tools, 'components'))[0];
  const serial = text(bom['serialNumber']);
  return {
    module: 'cyclonedx',
    vendor: text(tool?.['name']) ?? 'unknown',
    version: text(tool?.['version']),
    report_id: serial === undefined ? undefined : `${serial}/${text(bom['version']) ?? '1'}`,
    time_ns: parseTime(at(bom, 'metadata', 'timestamp')),
    subject: componentSubject(object(at(bom, 'metadata', 'component'))),
  };
}

const suppressedStates: ReadonlySet<string> = new Set([
  'not_affected',
  'resolved',
  'resolved_with_pedigree',
  'false_positive',
]);

/** One finding for each component that is affected; without any, one of the subject as a whole. */
function findingsOf(
  scan: Scan,
  found: JsonObject,
  components: ReadonlyMap<string, JsonObject>,
  exploited: KnownExploited,
): Draft[] {
  const id = text(found['id']);
  if (id === undefined) return [];
  const aliases = objects(found['references']).flatMap((reference) => text(reference['id']) ?? []);
  const state = text(at(found, 'analysis', 'state'));
  const vulnerability: Omit<Vulnerability, 'package'> = {
    id,
    aliases: aliases.length === 0 ? undefined : aliases,
    title: undefined,
    description: text(found['description']),
    ...worstRating(objects(found['ratings'])),
    reference: text(at(found, 'source', 'url')),
    fixed_version: undefined,
    suppressed: state !== undefined && suppressedStates.has(state) ? true : undefined,
  };
  const said = {
    state,
    justification: text(at(found, 'analysis', 'justification')),
    response: texts(at(found, 'analysis', 'response')),
    source: text(at(found, 'source', 'name')),
  };
  const references = objects(found['affects']).map((affected) => text(affected['ref']));
  return (references.length === 0 ? [undefined] : references).map((reference) => {
    const component = reference === undefined ? undefined : components.get(localReference(reference));
    const purl = parsePurl(text(component?.['purl']) ?? reference);
    const image = purl === undefined ? undefined : imageOfPurl(purl);
    const about = image === undefined ? scan : { ...scan, subject: image };
    const affected = { ...vulnerability, package: componentPackage(component, reference) };
    return withSaid(vulnerabilityDraft(about, affected, exploited), 'cyclonedx', said);
  });
}

/** A reference into another bill is `urn:cdx:<serial>/<version>#<reference>`. */
function localReference(reference: string): string {
  return reference.startsWith('urn:cdx:') ? reference.slice(reference.indexOf('#') + 1) : reference;
}

const order: readonly Severity[] = ['unknown', 'negligible', 'low', 'medium', 'high', 'critical'];

/** Sources rate differently; the worst counts. */
function worstRating(ratings: readonly JsonObject[]): Pick<Vulnerability, 'severity' | 'score'> {
  const worst = ratings
    .map((rating) => ({ severity: severityOf(text(rating['severity'])), score: scoreOf(rating) }))
    .toSorted((a, b) => order.indexOf(b.severity) - order.indexOf(a.severity))[0];
  return worst ?? { severity: 'unknown', score: undefined };
}

const versions: Readonly<Record<string, string>> = {
  CVSSv2: '2.0',
  CVSSv3: '3.0',
  CVSSv31: '3.1',
  CVSSv4: '4.0',
};

function scoreOf(rating: JsonObject): Vulnerability['score'] {
  const base = number(rating['score']);
  const version = versions[text(rating['method']) ?? ''];
  return base === undefined || version === undefined ? undefined : { base, version };
}
