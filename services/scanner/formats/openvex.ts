import type { EcsPackage } from '#shared/event/ecs.ts';
import type { Draft, Format, FormatResult } from '#shared/event/format.ts';
import { isJsonObject, isList, type JsonObject, type JsonValue } from '#shared/event/json.ts';
import { at, list, objects, text, texts } from '#shared/event/read.ts';
import { parseTime } from '#shared/event/time.ts';
import type { KnownExploited } from '../known-exploited.ts';
import { type Scan, type Vulnerability, vulnerabilityDraft } from './finding.ts';
import { imageOfPurl, parsePurl } from './purl.ts';
import { reportDraft, withSaid } from './report.ts';
import type { Subject } from './subject.ts';

/** OpenVEX 0.2, and 0.0.1, which wrote vulnerabilities and products as plain texts. */
export function createOpenVexFormat(exploited: KnownExploited): Format {
  return {
    name: 'openvex',
    family: 'scanner',
    recognises: (record: JsonValue) => {
      if (!isJsonObject(record) || !isList(record['statements'])) return false;
      const context = record['@context'];
      return typeof context === 'string' && context.startsWith('https://openvex.dev/ns');
    },
    normalise: (document: JsonObject, { arrival_ns }) => normalise(document, arrival_ns, exploited),
  };
}

const noSubject: Subject = { reference: undefined, digests: {}, label: 'a product' };

function normalise(document: JsonObject, arrival_ns: bigint, exploited: KnownExploited): FormatResult {
  const scan: Scan = {
    module: 'openvex',
    vendor: text(document['author']) ?? 'unknown',
    version: undefined,
    // The same statement may come in several documents and for several products: the document does not identify it.
    report_id: undefined,
    time_ns: parseTime(document['timestamp']),
    subject: noSubject,
  };
  const statements = objects(document['statements']);
  const findings = statements.flatMap((statement) => findingsOf(scan, statement, exploited));
  const summary = reportDraft(
    scan,
    {
      action: 'vex-received',
      message: `VEX document of ${scan.vendor}: ${statements.length} statements`,
      category: 'vulnerability',
      said: {
        id: text(document['@id']),
        author: text(document['author']),
        role: text(document['role']),
        version: text(document['version']),
        statements: statements.length,
      },
    },
    arrival_ns,
  );
  return { kind: 'ok', drafts: [summary, ...findings] };
}

/** One finding for each product, or for each of its subcomponents where the statement is about those. */
function findingsOf(document: Scan, statement: JsonObject, exploited: KnownExploited): Draft[] {
  const named = statement['vulnerability'];
  const id = text(named) ?? text(at(named, 'name')) ?? text(at(named, '@id'));
  if (id === undefined) return [];
  const status = text(statement['status']);
  const vulnerability: Omit<Vulnerability, 'package'> = {
    id,
    aliases: texts(at(named, 'aliases')),
    title: undefined,
    description: text(at(named, 'description')),
    severity: 'unknown',
    score: undefined,
    reference: undefined,
    fixed_version: undefined,
    suppressed: status === 'not_affected' || status === 'fixed' ? true : undefined,
  };
  const said = {
    status,
    justification: text(statement['justification']),
    impact_statement: text(statement['impact_statement']),
    action_statement: text(statement['action_statement']),
  };
  const products = list(statement['products']);
  return (products.length === 0 ? [null] : products).flatMap((product) => {
    const identity = identityOf(product);
    const time_ns = parseTime(statement['timestamp']) ?? document.time_ns;
    const scan = { ...document, time_ns, subject: subjectOf(identity) };
    return packagesOf(product, identity).map((found) =>
      withSaid(vulnerabilityDraft(scan, { ...vulnerability, package: found }, exploited), 'openvex', said),
    );
  });
}

function identityOf(product: JsonValue): string | undefined {
  return text(at(product, 'identifiers', 'purl')) ?? text(at(product, '@id')) ?? text(product);
}

function subjectOf(identity: string | undefined): Subject {
  const purl = parsePurl(identity);
  const image = purl === undefined ? undefined : imageOfPurl(purl);
  return image ?? { ...noSubject, label: identity ?? noSubject.label };
}

function packagesOf(product: JsonValue, identity: string | undefined): readonly EcsPackage[] {
  const parts = list(at(product, 'subcomponents')).flatMap((part) => identityOf(part) ?? []);
  if (parts.length > 0) return parts.map(packageOf);
  const purl = parsePurl(identity);
  return [identity === undefined || purl?.type === 'oci' ? {} : packageOf(identity)];
}

function packageOf(identity: string): EcsPackage {
  const purl = parsePurl(identity);
  if (purl === undefined) return { name: identity };
  return { name: purl.name, version: purl.version, type: purl.type, reference: identity };
}
