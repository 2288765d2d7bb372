import type { ParsedDocuments } from './parse.ts';

/**
 * Puts documents beside others: one with the id of a present document takes its place, pipelines go by name. `alone`:
 * of the present documents only the pipelines stay, which say what the fields of rules mean.
 */
export function replaceDocuments(
  present: ParsedDocuments,
  candidate: ParsedDocuments,
  alone: boolean,
): ParsedDocuments {
  const { rules, filters, correlations, pipelines } = candidate;
  const ids = new Set([...rules, ...filters, ...correlations].map(({ id }) => id));
  const names = new Set(pipelines.map(({ name }) => name));
  const stays = ({ id }: { readonly id: string }): boolean => !alone && !ids.has(id);
  return {
    rules: [...present.rules.filter(stays), ...rules],
    filters: [...present.filters.filter(stays), ...filters],
    correlations: [...present.correlations.filter(stays), ...correlations],
    pipelines: [...present.pipelines.filter(({ name }) => !names.has(name)), ...pipelines],
  };
}
