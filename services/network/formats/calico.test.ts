import { expect, test } from 'vitest';
import { draftOf } from '#shared/ingest/testing/drafts-of.ts';
import { calico } from './calico.ts';

const denied = {
  start_time: 1_793_608_800,
  end_time: 1_793_608_815,
  source_ip: '10.244.6.41',
  source_name: 'image-proxy-xl4-g7q92',
  source_name_aggr: 'image-proxy-xl4-*',
  source_namespace: 'shop',
  source_type: 'wep',
  source_port: 54_141,
  dest_ip: '10.244.3.35',
  dest_name: 'ledger-hvq-2kw6x',
  dest_name_aggr: 'ledger-hvq-*',
  dest_namespace: 'payments',
  dest_type: 'wep',
  dest_port: 8080,
  proto: 'tcp',
  action: 'deny',
  reporter: 'dst',
  policies: { all_policies: ['0|default|payments/default.deny-others|deny|-1'] },
  bytes_in: 60,
  num_flows: 1,
};

test('pods are actor and target, and a denial is a low verdict', () => {
  const draft = draftOf(calico, denied);
  expect(draft.actors).toEqual([
    'pod_name:shop/image-proxy-xl4-g7q92',
    'connection:tcp/10.244.3.35:8080-10.244.6.41:54141',
  ]);
  expect(draft.targets).toEqual(['pod_name:payments/ledger-hvq-2kw6x']);
  expect(draft.marks?.[0]?.rule).toMatchObject({ id: 'calico/policy-denied', level: 'low' });
  expect(draft.document.rule?.name).toBe('payments/default.deny-others');
});

test('flows of several pods name none of them', () => {
  const draft = draftOf(calico, {
    ...denied,
    action: 'allow',
    source_name: '-',
    source_ip: '-',
    source_port: null,
  });
  expect(draft.actors).toEqual([]);
  expect(draft.document.message).toContain('shop/image-proxy-xl4-*');
  expect(draft.marks).toBeUndefined();
});

test('the open-source collector writes its enumerations as numbers', () => {
  const draft = draftOf(calico, {
    Key: {
      source_name: 'cart-rxw-*',
      source_namespace: 'shop',
      source_type: 1,
      dest_name: 'pub',
      dest_type: 4,
      dest_port: 443,
      proto: 'tcp',
      reporter: 1,
      action: 2,
    },
    start_time: 1_793_608_800,
    end_time: 1_793_608_815,
  });
  expect(draft.actors).toEqual([]);
  expect(draft.document.event).toMatchObject({ type: ['connection', 'denied'], outcome: 'failure' });
  expect(draft.marks?.[0]?.rule.level).toBe('low');
});

test('a flow to outside targets the address', () => {
  const draft = draftOf(calico, {
    ...denied,
    action: 'allow',
    dest_ip: '198.51.100.180',
    dest_type: 'net',
    dest_name: '-',
    dest_name_aggr: 'pub',
    dest_namespace: '-',
  });
  expect(draft.targets).toEqual(['external:198.51.100.180']);
});
