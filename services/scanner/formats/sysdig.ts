import type { Format, FormatResult } from '#shared/event/format.ts';
import { isJsonObject, isList, type JsonObject, type JsonValue } from '#shared/event/json.ts';
import { at, objects, text } from '#shared/event/read.ts';
import type { KnownExploited } from '../known-exploited.ts';
import { sysdigReportDrafts } from './sysdig-report.ts';
import { sysdigResultDrafts } from './sysdig-result.ts';

/** Sysdig's vulnerability results: of one image (scanner and API), or the report of a whole cluster, row by row. */
export function createSysdigFormat(exploited: KnownExploited): Format {
  return {
    name: 'sysdig',
    family: 'scanner',
    recognises: (record: JsonValue) => isJsonObject(record) && (isResult(record) || isReport(record)),
    normalise: (record: JsonObject, { arrival_ns }): FormatResult => ({
      kind: 'ok',
      drafts: isReport(record)
        ? sysdigReportDrafts(record, arrival_ns, exploited)
        : sysdigResultDrafts(record, arrival_ns, exploited),
    }),
  };
}

/** The API answers with what the scanner writes under `result`. */
function isResult(record: JsonObject): boolean {
  const result = isJsonObject(record['result']) ? record['result'] : record;
  const packages = result['packages'];
  return (
    typeof at(result, 'metadata', 'pullString') === 'string' && (isList(packages) || isJsonObject(packages))
  );
}

function isReport(record: JsonObject): boolean {
  const [panel] = objects(record['panels']);
  const [row] = objects(panel?.['data']);
  return text(row?.['vuln_id']) !== undefined && text(row?.['container_image']) !== undefined;
}
