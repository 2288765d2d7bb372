import { describe, expect, it } from 'vitest';
import { cycles, importsOf, layerProblems } from './imports.ts';
import { longMains, looseVersions, missingReadmes } from './layout.ts';
import { brokenLinks } from './markdown.ts';
import {
  absolutePaths,
  consoleCalls,
  focusedTests,
  registryHostNames,
  unfinishedWork,
} from './text-rules.ts';

const file = (path: string, text: string) => ({ path, text });

describe('imports', () => {
  const problems = (path: string, text: string): string[] => layerProblems(importsOf([file(path, text)]));

  it('finds a service that imports another, in every way to write it', () => {
    expect(problems('services/a/x.ts', "import { y } from '../b/y.ts';")).toEqual([
      'services/a/x.ts imports services/b/y.ts',
    ]);
    expect(problems('services/a/x.ts', "import '../b/y.ts';")).toHaveLength(1);
    expect(problems('services/a/x.ts', "export * from '../b/y.ts';")).toHaveLength(1);
    expect(problems('services/a/x.ts', "const y = await import('../b/y.ts');")).toHaveLength(1);
    expect(problems('services/a/x.ts', "import {\n  y,\n  type Z,\n} from '../b/y.ts';")).toHaveLength(1);
  });

  it('finds shared code that imports a service', () => {
    expect(problems('shared/a/x.ts', "import { y } from '../../services/b/y.ts';")).toHaveLength(1);
  });

  it('lets standalone import services, and everyone shared code and packages', () => {
    expect(problems('services/standalone/x.ts', "import { y } from '../b/y.ts';")).toEqual([]);
    expect(problems('services/a/x.ts', "import { y } from '#shared/b/y.ts';\nimport z from 'zod';")).toEqual(
      [],
    );
  });

  it('finds a circle once, also behind an alias', () => {
    const imports = importsOf([
      file('shared/a/x.ts', "import { y } from './y.ts';"),
      file('shared/a/y.ts', "import { z } from '#shared/b/z.ts';"),
      file('shared/b/z.ts', "import { x } from '../a/x.ts';"),
      file('shared/b/outside.ts', "import { x } from '../a/x.ts';"),
    ]);
    expect(cycles(imports)).toEqual(['shared/a/x.ts -> shared/a/y.ts -> shared/b/z.ts -> shared/a/x.ts']);
  });

  it('sees no circle in types, which are gone when the program runs', () => {
    const imports = importsOf([
      file('shared/a/x.ts', "import { y } from './y.ts';"),
      file('shared/a/y.ts', "import type { X } from './x.ts';"),
    ]);
    expect(cycles(imports)).toEqual([]);
  });
});

describe('layout', () => {
  it('finds a long main', () => {
    expect(longMains([file('services/a/main.ts', 'line\n'.repeat(81))])).toHaveLength(1);
    expect(longMains([file('services/a/main.ts', 'line\n'.repeat(80))])).toEqual([]);
  });

  it('finds a folder without a README', () => {
    const files = ['services/a/main.ts', 'shared/b/x.ts', 'shared/b/README.md', 'infra/README.md'];
    expect(missingReadmes(files.map((path) => file(path, '')))).toEqual([
      'services/a/README.md',
      'infra/stack/README.md',
    ]);
  });

  it.each(['^1.2.3', '~1.2.3', '1.2', '>=1.0.0', 'latest', '*'])('finds the version %s', (version) => {
    expect(looseVersions(JSON.stringify({ dependencies: { x: version, y: '1.2.3' } }))).toEqual([
      `x: ${version}`,
    ]);
  });
});

describe('links', () => {
  const problems = (text: string): string[] =>
    brokenLinks([
      file('docs/page.md', text),
      file('docs/other.md', '## A heading, with `code`\n'),
      file('bin/x', ''),
    ]);

  it.each(['[a](gone.md)', '[a](../gone/)', '[a](other.md#gone)', '[a](#gone)'])('finds %s', (text) => {
    expect(problems(text)).toHaveLength(1);
  });

  it.each([
    '[a](other.md)',
    '[a](other.md#a-heading-with-code)',
    '[a](../bin/x)',
    '[a](../bin/)',
    '[a](https://example.com/gone.md)',
    '`[a](gone.md)`',
    '```\n[a](gone.md)\n```',
  ])('accepts %s', (text) => expect(problems(text)).toEqual([]));
});

describe('texts', () => {
  const say = (...parts: string[]): string => parts.join('');

  it.each([
    [registryHostNames, 'README.md', say('https://registry.', 'npmjs.org/x')],
    [registryHostNames, 'infra/x.ts', say('https://repo.maven.', 'apache.org/maven2')],
    [registryHostNames, 'infra/x.ts', say('https://repo1.', 'maven.org/maven2')],
    [absolutePaths, 'docs/x.md', say('see /', 'work/main')],
    [absolutePaths, 'rules/x.yml', say('executable: /tm', 'p/x')],
    [absolutePaths, 'infra/x.ts', say("'/ho", "me/someone/x'")],
    [consoleCalls, 'shared/a/x.ts', 'console.log(1)'],
    [focusedTests, 'shared/a/x.test.ts', say('it.', 'only(() => 1)')],
    [unfinishedWork, 'shared/a/x.ts', say('// TO', 'DO: later')],
  ])('%o finds it in %s', (rule, path, text) => {
    expect(rule([file(path, `fine\n${text}\n`)])).toEqual([expect.stringMatching(`^${path}:2: `)]);
  });

  it('lets a person at a terminal read', () => {
    expect(
      consoleCalls([
        file('infra/x.ts', 'console.log(1)'),
        file('services/standalone/x.ts', 'console.log(1)'),
      ]),
    ).toEqual([]);
  });
});
