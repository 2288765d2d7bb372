import type { Report } from '../problem.ts';
import { entryOf, type YamlMap } from '../yaml/node.ts';
import { readDetection } from './detection.ts';
import { readExtension } from './extension.ts';
import { metadataKeys, readMetadata } from './metadata.ts';
import type { Logsource, Rule } from './model.ts';
import { checkKeys, missing, readMap, readText } from './read.ts';

/** Reads a document with a `detection`; undefined when it cannot be used, with the reasons in the report. */
export function readRule(document: YamlMap, report: Report): Rule | undefined {
  checkKeys(document, [...metadataKeys, 'logsource', 'detection'], report);
  const metadata = readMetadata(document, report);
  if (entryOf(document, 'id') === undefined) {
    report.add('id-missing', document.at, `the rule ${metadata.title} has no id`);
  }
  if (entryOf(document, 'level') === undefined) {
    report.add('level-missing', document.at, 'no level: taken as low');
  }
  const logsource = readLogsource(document, report);
  const map = readMap(document, 'detection', report);
  const detection = map && readDetection(map, [], report);
  const extension = readExtension(document, report);
  if (extension.class === 'context' && (metadata.level === 'high' || metadata.level === 'critical')) {
    const at = entryOf(document, 'level')?.at ?? document.at;
    report.add('level-of-context', at, `level ${metadata.level} of a rule that only describes`, 'medium');
  }
  if (detection === undefined || logsource === undefined) return undefined;
  return { kind: 'rule', ...metadata, logsource, detection, extension };
}

const logsourceKeys = ['category', 'product', 'service', 'definition'] as const;

/** The log source of a rule or filter, in lower case; one that names nothing is an error. */
export function readLogsource(document: YamlMap, report: Report): Logsource | undefined {
  const map = readMap(document, 'logsource', report);
  if (map === undefined) {
    missing(document, 'logsource', report);
    return undefined;
  }
  checkKeys(map, logsourceKeys, report);
  const logsource: Logsource = {
    category: readText(map, 'category', report)?.toLowerCase(),
    product: readText(map, 'product', report)?.toLowerCase(),
    service: readText(map, 'service', report)?.toLowerCase(),
  };
  if (
    logsource.category === undefined &&
    logsource.product === undefined &&
    logsource.service === undefined
  ) {
    report.add('logsource-empty', map.at, 'no category, product or service');
    return undefined;
  }
  return logsource;
}
