import { canonicalJson } from '../evidence/canonical-json.ts';
import type { Manifest } from '../evidence/manifest.ts';

/** The summary of an export, for people; `report.pdf` is this text. */
export function summaryText(manifest: Omit<Manifest, 'files'>): string {
  const { id, tenant, created, requester, approver, purpose, filter, logs, counts, bodies, witnessed } =
    manifest;
  const total = Object.values(counts).reduce((sum, count) => sum + count, 0);
  return [
    'Breakwater audit export',
    '',
    `Export      ${id}`,
    `Tenant      ${tenant}`,
    `Created     ${created}`,
    `Requester   ${requester}`,
    `Approver    ${approver === '' ? 'none needed' : approver}`,
    `Purpose     ${purpose}`,
    `Filter      ${canonicalJson(filter)}`,
    '',
    `${total} records match. By type:`,
    ...Object.entries(counts)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([type, count]) => `  ${String(count).padStart(10)}  ${type}`),
    '',
    'Logs and the range of leaves that this export discloses in full:',
    ...logs.map(
      ({ log, size, root, range_first, range_next, matching }) =>
        `  ${log}: leaves ${range_first} to ${range_next - 1} of ${size}, ${matching} match\n    root ${root}`,
    ),
    '',
    `Bodies      ${bodies.policy}: ${bodies.open} open, ${bodies.redacted} redacted, ${bodies.erased} erased`,
    `Witnessed   ${witnessed ? 'yes' : 'NO: the newest leaves rest on the word of the operator'}`,
    '',
    'records.ndjson is authoritative; this summary proves nothing. VERIFY.md says how to check the export',
    'with public tools.',
    '',
  ].join('\n');
}
