import { expect, test } from 'vitest';
import { addressFamily, endpointOf, macField, transportOf } from './endpoint.ts';

test('an end is an address and a port, or a name', () => {
  expect(endpointOf('10.0.0.1', '443')).toEqual({ ip: '10.0.0.1', port: 443 });
  expect(endpointOf('::ffff:10.0.0.1', 0)).toEqual({ ip: '10.0.0.1' });
  expect(endpointOf('db.example.com', 5432)).toEqual({ address: 'db.example.com', port: 5432 });
  expect(endpointOf('-', '-')).toBeUndefined();
  expect(endpointOf(null)).toBeUndefined();
  expect(addressFamily('2001:db8::1')).toBe('ipv6');
});

test.each([
  [6, 'tcp'],
  ['17', 'udp'],
  ['TCP', 'tcp'],
  ['ICMPv6', 'ipv6-icmp'],
  [58, 'ipv6-icmp'],
  ['-', undefined],
  [254, undefined],
])('transport of %j is %s', (protocol, transport) => {
  expect(transportOf(protocol)).toBe(transport);
});

test('hardware addresses in the form of ECS', () => {
  expect(macField('00:0d:3a:4d:42:f2')).toBe('00-0D-3A-4D-42-F2');
  expect(macField('00:0d:3a')).toBeUndefined();
});
