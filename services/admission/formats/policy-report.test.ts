import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createMemoryContextStore } from '#shared/context/memory.ts';
import type { ContextStore } from '#shared/context/port.ts';
import type { JsonObject } from '#shared/event/json.ts';
import { at, text } from '#shared/event/read.ts';
import { type Ingested, ingest } from '#shared/ingest/testing/harness.ts';
import { items_max } from '#shared/ingest/snapshots.ts';
import { policyReport } from './policy-report.ts';

interface ReportVersion {
  readonly uid: string;
  readonly version: number;
  readonly results: Readonly<Record<string, string>>;
}

function reportOf({ uid, version, results }: ReportVersion): string {
  return JSON.stringify({
    apiVersion: 'wgpolicyk8s.io/v1alpha2',
    kind: 'PolicyReport',
    metadata: { uid, name: uid, namespace: 'shop', resourceVersion: String(version) },
    scope: { kind: 'Deployment', namespace: 'shop', name: uid, uid: `d-${uid}` },
    results: Object.entries(results).map(([policy, result]) => ({
      policy,
      result,
      source: 'kyverno',
      // Every scan gives all results its own time.
      timestamp: { seconds: 1_793_609_941 + version, nanos: 0 },
    })),
  });
}

async function read(context: ContextStore, ...versions: readonly ReportVersion[]): Promise<Ingested> {
  return ingest({ family: 'admission', formats: [policyReport], context }, ...versions.map(reportOf));
}

/** `uid version policy action` */
function told({ documents }: Ingested): readonly string[] {
  return documents.map(
    (document) =>
      `${text(at(document, 'orchestrator', 'resource', 'name'))} ${text(at(document, 'rule', 'name'))} ${text(at(document, 'event', 'action'))}`,
  );
}

function idsOf(documents: readonly JsonObject[]): readonly string[] {
  return documents.map((document) => text(at(document, 'event', 'id')) ?? '');
}

describe('a policy report', () => {
  test('tells what is new, changed and gone since its former version, and nothing again', async () => {
    const context = createMemoryContextStore();
    const uid = 'cart';
    const steps: readonly [Readonly<Record<string, string>>, readonly string[]][] = [
      [{ a: 'fail', b: 'pass', c: 'warn' }, ['cart a policy-fail', 'cart c policy-warn']],
      [{ a: 'fail', b: 'pass', c: 'warn' }, []],
      [{ a: 'fail', b: 'fail', c: 'fail' }, ['cart b policy-fail', 'cart c policy-fail']],
      [{ a: 'pass', b: 'skip' }, ['cart a policy-pass', 'cart b policy-skip', 'cart c policy-gone']],
      [{ a: 'pass', b: 'skip' }, []],
      [{ a: 'fail' }, ['cart a policy-fail']],
    ];
    for (const [index, [results, expected]] of steps.entries()) {
      const ingested = await read(context, { uid, version: 10 + index, results });
      expect(told(ingested), `version ${index}`).toEqual(expected);
      if (expected.length > 0) expect(at(ingested.documents[0], 'event', 'original')).toBeTypeOf('string');
      else expect(ingested.outcomes[0]).toMatchObject({ kind: 'drop' });
    }
  });

  test('what is over with is no failure, and marks nothing', async () => {
    const context = createMemoryContextStore();
    await read(context, { uid: 'cart', version: 1, results: { a: 'fail', b: 'fail' } });
    const { documents, signals } = await read(context, { uid: 'cart', version: 2, results: { a: 'pass' } });
    expect(documents.map((document) => at(document, 'event', 'outcome'))).toEqual(['success', 'unknown']);
    expect(documents.map((document) => at(document, 'message'))).toEqual([
      'Deployment shop/cart passes policy a',
      'Deployment shop/cart is no longer checked by policy b',
    ]);
    expect(signals).toEqual([]);
  });

  test('says why a version is dropped', async () => {
    const context = createMemoryContextStore();
    const versions = [1, 2].map((version) => ({ uid: 'cart', version, results: { a: 'fail' } }));
    const { outcomes } = await read(context, ...versions, {
      uid: 'mail',
      version: 1,
      results: { a: 'pass' },
    });
    expect(outcomes.map((outcome) => ('reason' in outcome ? outcome.reason : outcome.kind))).toEqual([
      'ok',
      'policyreport.unchanged',
      'policyreport.all_pass',
    ]);
  });

  test('remembers a bounded number of results; what is beyond is told again, not lost', async () => {
    const context = createMemoryContextStore();
    const results = Object.fromEntries(Array.from({ length: items_max + 3 }, (_, at) => [`p${at}`, 'fail']));
    await read(context, { uid: 'cart', version: 1, results });
    expect(told(await read(context, { uid: 'cart', version: 2, results }))).toHaveLength(3);
  });
});

const runs = Number(process.env['BREAKWATER_PROPERTY_RUNS'] ?? 40);
/** A busy machine is no failure. */
const timeout_ms = 120_000;
const policies = ['a', 'b', 'c'];
const histories = fc.uniqueArray(
  fc.record({
    uid: fc.constantFrom('cart', 'mail'),
    version: fc.integer({ min: 1, max: 9 }),
    results: fc.dictionary(
      fc.constantFrom(...policies),
      fc.constantFrom('fail', 'warn', 'pass', 'skip', 'error'),
    ),
  }),
  { selector: ({ uid, version }) => `${uid} ${version}`, maxLength: 12 },
);

/** The plainest way to say it: compare each version to the one before. */
function changesOf(versions: readonly ReportVersion[]): readonly string[] {
  return ['cart', 'mail'].flatMap((uid) => {
    const ordered = versions.filter((one) => one.uid === uid).toSorted((x, y) => x.version - y.version);
    return ordered.flatMap(({ results }, index) => {
      const former = ordered[index - 1]?.results ?? {};
      return policies.flatMap((policy) => {
        const [before, now] = [former[policy], results[policy]].map((result) =>
          result === 'pass' || result === 'skip' ? undefined : result,
        );
        if (before === now) return [];
        return [`${uid} ${policy} policy-${now ?? results[policy] ?? 'gone'}`];
      });
    });
  });
}

/** Cuts a list into batches at the given places. */
function cut<Item>(items: readonly Item[], places: readonly number[]): readonly (readonly Item[])[] {
  const ends = [...new Set(places.map((place) => place % (items.length + 1)))].toSorted((x, y) => x - y);
  return [...ends, items.length].map((end, index) => items.slice(ends[index - 1] ?? 0, end));
}

describe('any history of reports', () => {
  test(
    'tells every change once, however it is cut into batches, and the same when batches come again',
    async () => {
      await fc.assert(
        fc.asyncProperty(histories, fc.array(fc.nat(12), { maxLength: 4 }), async (versions, places) => {
          // Versions of one report in order, those of several mixed.
          const ordered = versions.toSorted((x, y) => x.version - y.version);
          const context = createMemoryContextStore();
          const all = new Set<string>();
          const said: string[] = [];
          for (const batch of cut(ordered, places)) {
            if (batch.length === 0) continue;
            const first = await read(context, ...batch);
            const again = await read(context, ...batch);
            expect(idsOf(again.documents)).toEqual(idsOf(first.documents));
            for (const id of idsOf(first.documents)) all.add(id);
            said.push(...told(first));
          }
          expect(said.toSorted()).toEqual([...changesOf(versions)].toSorted());
          expect(all.size).toBe(said.length);
          const replayed = await Promise.all(ordered.map((version) => read(context, version)));
          expect(new Set(replayed.flatMap(({ documents }) => idsOf(documents)))).toEqual(all);
        }),
        { numRuns: runs },
      );
    },
    timeout_ms,
  );

  test(
    'leaves nothing untold that fails in the newest version, in whatever order versions come',
    async () => {
      await fc.assert(
        fc.asyncProperty(
          histories.chain((versions) => fc.shuffledSubarray(versions, { minLength: versions.length })),
          async (versions) => {
            const context = createMemoryContextStore();
            const said = new Set<string>();
            for (const version of versions) {
              for (const one of told(await read(context, version))) said.add(one);
            }
            for (const uid of ['cart', 'mail']) {
              const newest = versions
                .filter((one) => one.uid === uid)
                .toSorted((x, y) => y.version - x.version)[0];
              for (const [policy, result] of Object.entries(newest?.results ?? {})) {
                if (result !== 'pass' && result !== 'skip')
                  expect(said).toContain(`${uid} ${policy} policy-${result}`);
              }
            }
          },
        ),
        { numRuns: runs },
      );
    },
    timeout_ms,
  );
});
