import { expect, it } from 'vitest';
import type { Signal } from '#shared/avro/types.generated.ts';
import { postureOf } from './posture.ts';

function context(id: string): Signal {
  return {
    id: '1',
    scope: 'test',
    time_ns: 0n,
    family: 'scanner',
    rule: { id, title: '', level: 'low', origin: 'posture' },
    score: 0,
    tactics: [],
    techniques: [],
    actors: [],
    targets: [],
    class: 'context',
    opener: false,
    event: { id: '', hash: '', dataset: '' },
    summary: '',
    fields: {},
    parts: [],
  };
}

it.each([
  ['posture/privileged', 'privileged'],
  ['posture/host-pid', 'privileged'],
  ['posture/host-root', 'privileged'],
  ['posture/host-path-sensitive', 'privileged'],
  ['posture/capability', 'privileged'],
  ['policy/disallow-capabilities-strict', 'privileged'],
  ['policy/require-drop-all-capabilities', undefined],
  ['policy/require-drop-net-raw-capabilities', undefined],
  ['posture/mutable-tag', undefined],
  ['policy/unsigned-image', 'untrusted_image'],
  ['policy/verify-image-signature', 'untrusted_image'],
  ['policy/public-service', 'exposed'],
  ['exploited:CVE-2026-0001', 'known_exploited'],
  ['finding:CVE-2026-0001', undefined],
] as const)('%s raises a score as %s', (id, name) => {
  expect(postureOf(context(id))).toBe(name);
});
