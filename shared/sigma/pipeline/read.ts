import type { Report } from '../problem.ts';
import type { YamlMap } from '../yaml/node.ts';
import type { Pipeline } from './model.ts';

export function readPipeline(document: YamlMap, report: Report): Pipeline | undefined {
  report.add('pipeline-unsupported', document.at, 'pipelines are not supported yet');
  return undefined;
}
