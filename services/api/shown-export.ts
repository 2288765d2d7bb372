import type { ExportRequest } from '#shared/ledger/export/request.ts';

/** An export as the API shows it. */
export function shownExport(request: ExportRequest) {
  const { logs: _logs, filter: _filter, filter_asked: _asked, redaction: _redaction, ...rest } = request;
  const { requested_ms, created_ms, ...about } = rest;
  return {
    ...about,
    requested: new Date(requested_ms).toISOString(),
    created: created_ms === undefined ? undefined : new Date(created_ms).toISOString(),
  };
}
