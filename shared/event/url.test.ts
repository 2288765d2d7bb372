import fc from 'fast-check';
import { expect, test } from 'vitest';
import { hostFields, urlFields } from './url.ts';

test.each([
  [
    'http://shop.svc:8080/api/v1?x=%7B',
    { scheme: 'http', domain: 'shop.svc', port: 8080, path: '/api/v1', query: 'x=%7B' },
  ],
  ['HTTPS://Example.com', { scheme: 'https', domain: 'example.com' }],
  ['/login?next=http://evil/', { path: '/login', query: 'next=http://evil/' }],
  [
    'https://user:pass@[2001:db8::1]:8443/a',
    { scheme: 'https', domain: '[2001:db8::1]', port: 8443, path: '/a' },
  ],
  ['https://[2001:db8::1]/a', { scheme: 'https', domain: '[2001:db8::1]', path: '/a' }],
  ['*', { path: '*' }],
])('%s', (written, parts) => {
  expect(urlFields(written)).toEqual({ original: written, ...parts });
});

test('a host without port', () => {
  expect(hostFields('details:9080')).toEqual({ domain: 'details', port: 9080 });
  expect(hostFields('details')).toEqual({ domain: 'details' });
});

test('never throws', () => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.webUrl()), (text) => {
      urlFields(text);
      hostFields(text);
    }),
  );
});
