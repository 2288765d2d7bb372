import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { communityId } from './community-id.ts';

/** Of the specification's reference implementation (corelight/pycommunityid), seed 0. */
const reference: readonly [string, string, number, string, number, string][] = [
  ['tcp', '128.232.110.120', 34855, '66.35.250.204', 80, '1:LQU9qZlK+B5F3KDmev6m5PMibrg='],
  ['tcp', '66.35.250.204', 80, '128.232.110.120', 34855, '1:LQU9qZlK+B5F3KDmev6m5PMibrg='],
  ['tcp', '10.0.0.1', 10, '10.0.0.2', 11569, '1:SXBGMX1lBOwhhoDrZynfROxnhnM='],
  ['tcp', '2001:db8::1', 443, '2001:db8::2', 51000, '1:2TiKiiiSIuDma9IxOEOpx4wCXWM='],
  [
    'tcp',
    '2607:f8b0:400c:c03::1a',
    25,
    '2001:470:e5bf:dead:4957:2174:e82c:4887',
    63943,
    '1:/qFaeAR+gFe1KYjMzVDsMv+wgU4=',
  ],
  ['udp', '192.168.1.52', 54585, '8.8.8.8', 53, '1:d/FP5EW3wiY1vCndhwleRRKHowQ='],
  ['sctp', '192.168.170.8', 7, '192.168.170.56', 7, '1:MP2EtRCAUIZvTw6MxJHLV7N7JDs='],
  ['sctp', '192.168.170.56', 80, '192.168.170.8', 7, '1:jQgCxbku+pNGw8WPbEc/TS/uTpQ='],
  ['icmp', '192.168.0.89', 8, '192.168.0.1', 0, '1:X0snYXpgwiv9TZtqg64sgzUn6Dk='],
  ['icmp', '192.168.0.1', 0, '192.168.0.89', 8, '1:X0snYXpgwiv9TZtqg64sgzUn6Dk='],
  ['icmp', '192.168.0.89', 20, '192.168.0.1', 0, '1:3o2RFccXzUgjl7zDpqmY7yJi8rI='],
  ['icmp', '192.168.0.89', 20, '192.168.0.1', 1, '1:tz/fHIDUHs19NkixVVoOZywde+I='],
  ['icmp', '192.168.0.1', 0, '192.168.0.89', 20, '1:X0snYXpgwiv9TZtqg64sgzUn6Dk='],
  [
    'ipv6-icmp',
    'fe80::200:86ff:fe05:80da',
    135,
    'fe80::260:97ff:fe07:69ea',
    0,
    '1:dGHyGvjMfljg6Bppwm3bg0LO8TY=',
  ],
  [
    'ipv6-icmp',
    'fe80::260:97ff:fe07:69ea',
    136,
    'fe80::200:86ff:fe05:80da',
    0,
    '1:dGHyGvjMfljg6Bppwm3bg0LO8TY=',
  ],
  [
    'ipv6-icmp',
    '3ffe:507:0:1:260:97ff:fe07:69ea',
    3,
    '3ffe:507:0:1:200:86ff:fe05:80da',
    0,
    '1:NdobDX8PQNJbAyfkWxhtL2Pqp5w=',
  ],
  [
    'ipv6-icmp',
    '3ffe:507:0:1:200:86ff:fe05:80da',
    3,
    '3ffe:507:0:1:260:97ff:fe07:69ea',
    0,
    '1:/OGBt9BN1ofenrmSPWYicpij2Vc=',
  ],
];

describe('community id', () => {
  test.each(reference)('%s %s:%i %s:%i', (transport, from, fromPort, to, toPort, expected) => {
    expect(communityId(transport, { ip: from, port: fromPort }, { ip: to, port: toPort })).toBe(expected);
  });

  test('both directions of a flow have one', () => {
    const end = fc.record({ ip: fc.ipV4(), port: fc.integer({ min: 1, max: 65_535 }) });
    fc.assert(
      fc.property(end, end, (one, other) => {
        expect(communityId('tcp', one, other)).toBe(communityId('tcp', other, one));
      }),
    );
  });

  test('there is none without ports, or between families of addresses', () => {
    const ends = [
      { ip: '10.0.0.1', port: 1 },
      { ip: '::1', port: 2 },
    ] as const;
    expect(communityId('tcp', ...ends)).toBeUndefined();
    expect(communityId('gre', ends[0], ends[0])).toBeUndefined();
    expect(communityId('tcp', { ip: 'not an address', port: 1 }, ends[0])).toBeUndefined();
  });
});
