import { routes_max } from '../limits.ts';
import { conflicts, logsourceKey } from '../logsource.ts';
import type { Logsource } from '../rule/model.ts';
import type { CompiledRule } from '../set/rule-set.ts';
import { createRoute, type Route } from './route.ts';

/** Finds the rules that match a document. */
export interface Matcher {
  /** In the order of the rules given. */
  match(logsource: Logsource, document: object): readonly CompiledRule[];
}

/** Makes a matcher; the index of a log source is built when its first event comes. */
export function createMatcher(rules: readonly CompiledRule[]): Matcher {
  const routes = new Map<string, Route>();

  function routeOf(logsource: Logsource): Route {
    const key = logsourceKey(logsource);
    let route = routes.get(key);
    if (route === undefined) {
      route = createRoute(rules.filter(({ rule }) => !conflicts(rule.logsource, logsource)));
      const [oldest] = routes.keys();
      if (routes.size >= routes_max && oldest !== undefined) routes.delete(oldest);
      routes.set(key, route);
    }
    return route;
  }

  return { match: (logsource, document) => routeOf(logsource).match(document) };
}
