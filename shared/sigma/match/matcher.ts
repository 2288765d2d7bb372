import { routes_max } from '../limits.ts';
import { conflicts } from '../logsource.ts';
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
  const categories = numbersOf(rules, 'category');
  const products = numbersOf(rules, 'product');
  const services = numbersOf(rules, 'service');
  const routes = new Map<number, Route>();

  /** Equal for log sources that the same rules apply to: what no rule names is one with all else that none names. */
  function keyOf({ category, product, service }: Logsource): number {
    const whole = numberOf(categories, category) * (products.size + 2) + numberOf(products, product);
    return whole * (services.size + 2) + numberOf(services, service);
  }

  function createRouteOf(key: number, logsource: Logsource): Route {
    const route = createRoute(rules.filter(({ rule }) => !conflicts(rule.logsource, logsource)));
    const [oldest] = routes.keys();
    if (routes.size >= routes_max && oldest !== undefined) routes.delete(oldest);
    routes.set(key, route);
    return route;
  }

  return {
    match(logsource, document) {
      const key = keyOf(logsource);
      return (routes.get(key) ?? createRouteOf(key, logsource)).match(document);
    },
  };
}

/** The values of a dimension that rules name, numbered from 2. */
function numbersOf(
  rules: readonly CompiledRule[],
  dimension: 'category' | 'product' | 'service',
): ReadonlyMap<string, number> {
  const values = new Set(rules.flatMap(({ rule }) => rule.logsource[dimension] ?? []));
  return new Map([...values].map((value, index) => [value, index + 2]));
}

/** 0: open; 1: a value that no rule names. */
function numberOf(numbers: ReadonlyMap<string, number>, value: string | undefined): number {
  return value === undefined ? 0 : (numbers.get(value) ?? 1);
}
