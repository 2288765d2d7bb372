import type { Report } from '../problem.ts';
import type { Correlation, Rule } from '../rule/model.ts';
import { nearest } from '../rule/suggest.ts';
import type { ParsedDocuments } from './parse.ts';

/** Correlations of correlations of correlations: beyond this, a mistake. */
const chain_depth_max = 10;

/** Checks that what correlations refer to is there, and that they do not refer in a circle. */
export function linkCorrelations(documents: ParsedDocuments, report: Report): void {
  const byIdentity = new Map<string, Rule | Correlation>();
  for (const document of [...documents.rules, ...documents.correlations]) {
    byIdentity.set(document.id, document);
    if (document.name !== undefined) byIdentity.set(document.name, document);
  }
  for (const correlation of documents.correlations) {
    for (const { to, at } of correlation.rules) {
      const source = byIdentity.get(to);
      if (source === undefined)
        report.add('rule-reference-unknown', at, `no rule ${to} is loaded`, nearest(to, byIdentity.keys()));
      else if (source.extension.score === 0)
        report.add('rule-reference-silent', at, `signals of ${to} have a score of 0, and no leaf`);
      else if (source.extension.first_only === true)
        report.add('rule-reference-silent', at, `of the signals of ${to} only the first of a kind come`);
    }
  }
  const depths = new Map<Rule | Correlation, number>();
  for (const correlation of documents.correlations) {
    if (depthOf(correlation, byIdentity, depths) > chain_depth_max) {
      report.add(
        'rule-reference-cycle',
        correlation.at,
        `a circle, or chained deeper than ${chain_depth_max}`,
      );
    }
  }
}

/** How many correlations stand on one another; infinite in a circle. */
function depthOf(
  document: Rule | Correlation,
  all: ReadonlyMap<string, Rule | Correlation>,
  depths: Map<Rule | Correlation, number>,
): number {
  if (document.kind === 'rule') return 0;
  const known = depths.get(document);
  if (known !== undefined) return known;
  // Whoever comes back here while it is being computed is in a circle.
  depths.set(document, Number.POSITIVE_INFINITY);
  let deepest = 0;
  for (const { to } of document.rules) {
    const next = all.get(to);
    if (next !== undefined) deepest = Math.max(deepest, depthOf(next, all, depths));
  }
  depths.set(document, deepest + 1);
  return deepest + 1;
}
