import type { Correlation, Rule } from '../rule/model.ts';
import type { RuleSet } from '../set/rule-set.ts';
import { containerTechniques } from './container-techniques.ts';

/** What the rules of a set know of one technique. */
export interface TechniqueCoverage {
  readonly id: string;
  readonly name: string;
  /** Whether ATT&CK lists it for the platform Containers. */
  readonly container: boolean;
  readonly rules: number;
  readonly tests: number;
}

/** Every container technique, and every other that a rule names, in the order of ids. */
export function coverageOf(set: RuleSet): readonly TechniqueCoverage[] {
  const documents: readonly (Rule | Correlation)[] = [
    ...set.rules.map(({ rule }) => rule),
    ...set.correlations,
  ];
  const ids = new Set([...containerTechniques.keys(), ...documents.flatMap(({ techniques }) => techniques)]);
  return [...ids].sort().map((id) => {
    const covering = documents.filter(({ techniques }) => techniques.includes(id));
    return {
      id,
      name: containerTechniques.get(id) ?? '',
      container: containerTechniques.has(id),
      rules: covering.length,
      tests: covering.reduce((sum, { extension }) => sum + extension.tests.length, 0),
    };
  });
}

/** A table for people. */
export function coverageTable(coverage: readonly TechniqueCoverage[]): string {
  const containers = coverage.filter(({ container }) => container);
  const covered = containers.filter(({ rules }) => rules > 0).length;
  const lines = coverage.map(({ id, name, container, rules, tests }) =>
    [
      id.padEnd(10),
      (name || '-').padEnd(52),
      container ? 'container' : '         ',
      `${rules}`.padStart(5),
      `${tests}`.padStart(5),
    ].join(' '),
  );
  const head = `${'technique'.padEnd(10)} ${'name'.padEnd(52)} platform  rules tests`;
  return [head, ...lines, `${covered} of ${containers.length} container techniques covered`].join('\n');
}

/** The coverage as a layer for the ATT&CK Navigator; the score of a technique is its number of rules. */
export function navigatorLayer(coverage: readonly TechniqueCoverage[]): object {
  return {
    name: 'Breakwater rules',
    versions: { layer: '4.5', navigator: '5.1.0' },
    domain: 'enterprise-attack',
    description: 'Techniques by number of rules.',
    filters: { platforms: ['Containers'] },
    techniques: coverage.map(({ id, rules, tests }) => ({
      techniqueID: id,
      score: rules,
      enabled: true,
      comment: `${rules} rules, ${tests} tests`,
    })),
    gradient: {
      colors: ['#ffffff', '#66b1ff'],
      minValue: 0,
      maxValue: Math.max(1, ...coverage.map(({ rules }) => rules)),
    },
  };
}
