import type { Finding } from '#shared/ledger/verify/log.ts';
import { Malformed } from '#shared/ledger/verify/malformed.ts';

/** What was found out about one log or bundle. */
export interface Report {
  readonly name: string;
  /** Facts for the reader, a line each. */
  readonly about: readonly string[];
  readonly findings: readonly Finding[];
  /** Losses that the ledger itself tells of; they are no sign of tampering. */
  readonly losses: readonly string[];
}

/** Findings printed for a log; all of them are counted. */
const shown_max = 20;

export function printReports(reports: readonly Report[], json: boolean): void {
  process.stdout.write(json ? `${JSON.stringify(reports, null, 2)}\n` : reports.map(asText).join('\n'));
}

function asText({ name, about, findings, losses }: Report): string {
  const verdict = findings.length === 0 ? 'verified' : `NOT VERIFIED, ${findings.length} findings`;
  return [
    `${name}: ${verdict}`,
    ...about.map((line) => `  ${line}`),
    ...findings.slice(0, shown_max).map(({ where, what }) => `  WRONG  ${where}: ${what}`),
    ...(findings.length > shown_max ? [`  … and ${findings.length - shown_max} more`] : []),
    ...losses.slice(0, shown_max).map((loss) => `  loss that the ledger itself reports: ${loss}`),
    '',
  ].join('\n');
}

/** What does not hold is exit status 1. */
export function reportMalformed(check: () => void): void {
  try {
    check();
  } catch (error) {
    if (!(error instanceof Malformed)) throw error;
    console.error(`NOT VERIFIED: ${error.message}`);
    process.exitCode = 1;
  }
}
