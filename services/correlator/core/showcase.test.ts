import { expect, it } from 'vitest';
import type { Signal } from '#shared/avro/types.generated.ts';
import { noCorrelations } from '#shared/sigma/correlation/port.ts';
import { smallParameters } from '../testing/parameters.ts';
import { shellSignal } from '../testing/signal.ts';
import { noted, requested } from '../testing/told.ts';
import { start_ns, worldScope } from '../testing/world-scope.ts';
import { ScopeFold } from './fold.ts';
import { defaultParameters } from './parameters.ts';

const never_ns = 2n ** 62n;
const peer = 'external:203.0.113.9';

function foldOf(signals: readonly Signal[]): ScopeFold {
  const fold = new ScopeFold(worldScope, defaultParameters, noCorrelations);
  fold.take({ signals, facts: [], decisions: [], ceiling_ns: never_ns });
  return fold;
}

it('takes back what was shown of a move that is none any more, when everything is read again', () => {
  const call = noted('call', 9, { family: 'network', actors: ['pod:web'], targets: [peer] });
  const shell = shellSignal('shell', 10, { actors: ['pod:web'], opener: true });
  const [shown] = foldOf([call, shell]).show().incidents;
  expect(shown).toMatchObject({ status: 'open' });

  const usual = noted('usual', -60, { family: 'network', actors: ['pod:ops'], targets: [peer] });
  const fold = foldOf([call, shell, usual]);
  fold.showcase.registry.adoptIncident(shown?.id ?? '', 'open', start_ns);
  fold.resync();
  const { incidents } = fold.show();
  expect(incidents.map(({ id, status }) => [id, status])).toContainEqual([shown?.id, 'candidate']);
});

it('takes back what another run showed and nothing begins any more, unless it is older than the horizon', () => {
  const fold = foldOf([shellSignal('shell', 0, { actors: ['pod:web'], opener: true })]);
  const day_ns = 86_400_000_000_000n;
  fold.showcase.registry.adoptIncident('of a firing', 'open', start_ns);
  fold.showcase.registry.adoptIncident('of last week', 'open', start_ns - 7n * day_ns);
  fold.resync();
  const written = new Map(fold.show().incidents.map(({ id, status }) => [id, status]));
  expect(written.get('of a firing')).toBe('candidate');
  expect(written.has('of last week')).toBe(false);
});

it('writes nothing anew when an older version of the first signal of a former incident is let go of', () => {
  const own = shellSignal('own', 10, { actors: ['pod:p'], opener: true });
  const fold = new ScopeFold(worldScope, smallParameters, noCorrelations);
  fold.showcase.registry.adoptIncident('of another run', 'candidate', start_ns);
  const add = (...signals: Signal[]): readonly (readonly string[])[] => {
    fold.take({ signals, facts: [], decisions: [], ceiling_ns: never_ns });
    return fold.show().incidents.map(({ id, status }) => [id, status]);
  };
  const [[id] = []] = add(own);
  expect(add(shellSignal('earlier', 9, { actors: ['pod:p'], opener: true }))).toContainEqual([id, 'merged']);
  expect(smallParameters.flood.kept_max).toBe(2);
  expect(add({ ...own, time_ns: own.time_ns + 60_000_000_000n }).map(([changed]) => changed)).not.toContain(
    id,
  );
});

it('no longer tells of a failed policy that turns out to be usual for the workload', () => {
  const rule = { id: 'policy/labels', title: 'Labels', level: 'low', origin: 'posture' } as const;
  const failed = (id: string, minutes: number, targets: string[]): Signal =>
    shellSignal(id, minutes, { class: 'context', family: 'admission', rule, targets });
  const workload = 'workload:shop/Deployment/web';
  const shell = shellSignal('shell', 0, { actors: ['pod:p'], opener: true });
  const made = requested('made', -1, 'create', { actors: ['serviceaccount:shop/ci'], targets: ['pod:p'] });
  const fold = foldOf([made, shell, failed('now', 1, [workload, 'pod:p'])]);
  expect(contextCounts(fold)).toEqual([1]);
  fold.take({ signals: [failed('before', -90, [workload])], facts: [], decisions: [], ceiling_ns: never_ns });
  expect(contextCounts(fold)).toEqual([0]);
});

/** How much context the incidents tell of that are written now. */
function contextCounts(fold: ScopeFold): readonly number[] {
  return fold.show().incidents.map(({ document }) => JSON.parse(document).incident.context_count);
}
