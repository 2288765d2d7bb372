import type { Clock } from './clocks.ts';
import type { IncidentReport, ReportedFact } from './report.ts';

/** The report as one HTML page without scripts, styles of others or links to elsewhere. */
export function reportHtml(report: IncidentReport): string {
  const { incident, tenant, as_of, known, clocks, unknown, facts } = report;
  const rows = Object.entries(known).map(([name, value]) => row([name.replaceAll('_', ' '), value]));
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>Incident ${escape(incident)}</title>
<style>
body { font: 14px/1.4 sans-serif; margin: 2em auto; max-width: 70em; }
table { border-collapse: collapse; width: 100%; margin-bottom: 2em; }
td, th { border: 1px solid #bbb; padding: 0.3em 0.6em; text-align: left; vertical-align: top; overflow-wrap: anywhere; }
.overdue, .late { background: #fdd; } .met { background: #dfd; } .running { background: #ffd; }
</style>
<h1>Incident ${escape(incident)}</h1>
<p>Tenant ${escape(tenant)}, as of ${escape(as_of)}. Every line below that names a leaf can be checked: the leaf is in
records.ndjson, and its proof in proofs/ and tlog/. VERIFY.md says how. This page itself proves nothing.</p>
<h2>What is known</h2>
<table>${rows.join('\n')}</table>
<h2>Reporting duties</h2>
<p>Times are computed from what was recorded. Whether a law applies is for people to judge.</p>
<table>${head(['law', 'duty', 'rule', 'started by', 'due', 'done', 'state'])}
${clocks.map(clockRow).join('\n')}</table>
<h2>What is not known</h2>
<ul>${unknown.map((each) => `<li>${escape(each)}</li>`).join('\n')}</ul>
<h2>Facts in order of time</h2>
<table>${head(['time (UTC)', 'what', 'leaf', 'hash of the leaf'])}
${facts.map(factRow).join('\n')}</table>
</html>
`;
}

function clockRow({
  regime,
  duty,
  rule,
  started_by,
  due = '',
  done = '',
  done_by = '',
  state,
}: Clock): string {
  const cells = [
    regime.toUpperCase(),
    duty,
    rule,
    started_by.join(', '),
    due,
    `${done} ${done_by}`.trim(),
    state,
  ];
  return row(cells, state);
}

function factRow({ time, what, log, index, leaf_hash }: ReportedFact): string {
  return row([time, what, `${log}/${index}`, leaf_hash]);
}

function head(cells: readonly string[]): string {
  return `<tr>${cells.map((cell) => `<th>${escape(cell)}</th>`).join('')}</tr>`;
}

function row(cells: readonly string[], kind = ''): string {
  const style = kind === '' ? '' : ` class="${kind}"`;
  return `<tr${style}>${cells.map((cell) => `<td>${escape(cell)}</td>`).join('')}</tr>`;
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

function escape(text: string): string {
  return text.replace(/[&<>"']/g, (character) => entities[character] ?? '');
}
