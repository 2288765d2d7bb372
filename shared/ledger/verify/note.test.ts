import { createPrivateKey, generateKeyPairSync, hash, sign } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createCosigner, createNoteSigner } from '../note.ts';
import { openCheckpoint, parseCheckpointText } from './checkpoint.ts';
import { Malformed } from './malformed.ts';
import { openNote, parseVerifierKey, splitNote } from './note.ts';

const privateKey = generateKeyPairSync('ed25519').privateKey;
const signer = createNoteSigner('log.example/a', privateKey);
const key = parseVerifierKey(signer.vkey);
const cosigner = createCosigner(
  'witness.example/w',
  generateKeyPairSync('ed25519').privateKey,
  () => 1_700_000_000,
);
const witness = parseVerifierKey(cosigner.vkey);
const text = 'log.example/a\n5\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n';
const line = signer.sign(text);

function note(body: string, ...signatures: readonly string[]): Buffer {
  return Buffer.from(`${body}\n${signatures.join('')}`);
}

describe('the examples of the specification', () => {
  const vkey = 'example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k';
  const signed =
    'This is an example message.\n\n' +
    '— example.com/foo Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=\n';

  test('a note verifies', () => {
    const { text: opened, verified } = openNote(Buffer.from(signed), [parseVerifierKey(vkey)]);
    expect(opened).toBe('This is an example message.\n');
    expect(verified).toHaveLength(1);
  });

  test('a changed note does not', () => {
    const changed = Buffer.from(signed.replace('example message', 'exemple message'));
    expect(() => openNote(changed, [parseVerifierKey(vkey)])).toThrow(
      'the signature of example.com/foo does not hold',
    );
  });
});

describe('a verifier key', () => {
  test('is what its signer wrote', () => {
    expect(key).toMatchObject({ name: 'log.example/a', type: 'ed25519' });
    expect(witness).toMatchObject({ name: 'witness.example/w', type: 'cosignature' });
    expect(signer.vkey).toContain(`+${key.id}+`);
  });

  const [, name = '', id = '', material = ''] = /^([^+]+)\+([^+]+)\+(.+)$/.exec(signer.vkey) ?? [];
  test.each([
    ['nothing', '', 'a verifier key is'],
    ['no id', `${name}+${material}`, 'a verifier key is'],
    ['a name with a space', `a b+${id}+${material}`, 'a verifier key is'],
    ['another id', `${name}+00000000+${material}`, 'is not that of its key'],
    ['an id in capitals', `${name}+${id.toUpperCase().replace(/\d/g, 'A')}+${material}`, 'a verifier key is'],
    ['another name', `x${name}+${id}+${material}`, 'is not that of its key'],
    ['base64 that is not canonical', `${name}+${id}+${material}=`, 'not canonical base64'],
    ['bytes before', ` ${signer.vkey}`, 'a verifier key is'],
    ['bytes after', `${signer.vkey} x`, 'a verifier key is'],
  ])('with %s is refused', (_what, vkey, message) => {
    expect(() => parseVerifierKey(vkey)).toThrow(message);
  });

  test.each([
    ['of an unknown type', Buffer.concat([Buffer.of(0x02), Buffer.alloc(32)])],
    ['too short', Buffer.concat([Buffer.of(0x01), Buffer.alloc(31)])],
    ['too long', Buffer.concat([Buffer.of(0x01), Buffer.alloc(33)])],
  ])('%s is refused', (_what, bytes) => {
    expect(() => parseVerifierKey(vkeyOf('x.example', bytes))).toThrow('is not supported');
  });
});

function vkeyOf(name: string, material: Buffer): string {
  const digest = hash('sha256', Buffer.concat([Buffer.from(`${name}\n`), material]));
  return `${name}+${digest.slice(0, 8)}+${material.toString('base64')}`;
}

describe('a note', () => {
  test('tells known signatures from unknown ones', () => {
    const other = createNoteSigner('other.example', generateKeyPairSync('ed25519').privateKey);
    const { verified, unknown } = openNote(note(text, other.sign(text), line, cosigner.sign(text)), [
      key,
      witness,
    ]);
    expect(verified.map((each) => [each.key.name, each.time_s])).toEqual([
      ['log.example/a', undefined],
      ['witness.example/w', 1_700_000_000n],
    ]);
    expect(unknown).toEqual(['other.example']);
  });

  test('may have signatures of unknown keys that are as short as can be', () => {
    const short = `— other.example ${Buffer.alloc(5).toString('base64')}\n`;
    expect(openNote(note(text, line, short), [key]).unknown).toEqual(['other.example']);
  });

  test('is not verified by a key of the same name', () => {
    const impostor = createNoteSigner('log.example/a', generateKeyPairSync('ed25519').privateKey);
    expect(() => openNote(note(text, impostor.sign(text)), [key])).toThrow('no signature of a known key');
  });

  test('with a wrong signature of a known key is refused, whoever else signed it', () => {
    const wrong = line.replace(/.{8}\n$/, 'AAAAAA==\n');
    expect(() => openNote(note(text, cosigner.sign(text), wrong), [key, witness])).toThrow('does not hold');
  });

  test('counts a signature that is there twice once', () => {
    expect(openNote(note(text, line, line), [key]).verified).toHaveLength(1);
  });

  test('takes 16 signatures and more, but not any number', () => {
    expect(openNote(note(text, ...Array.from({ length: 64 }, () => line)), [key]).verified).toHaveLength(1);
    const many = note(text, ...Array.from({ length: 65 }, () => line));
    expect(() => openNote(many, [key])).toThrow('more than 64 signatures');
    expect(() => openNote(Buffer.alloc(1_000_001, 'a'), [key])).toThrow('more than 1000000 bytes');
  });

  test('may be as long as the bound, and may say nothing', () => {
    const rest = note('\n', signer.sign('\n')).length - 1;
    const longest = `${'a'.repeat(1_000_000 - rest - 1)}\n`;
    expect(note(longest, signer.sign(longest))).toHaveLength(1_000_000);
    expect(openNote(note(longest, signer.sign(longest)), [key]).text).toBe(longest);
    expect(openNote(note('\n', signer.sign('\n')), [key]).text).toBe('\n');
  });

  test('keeps empty lines of its text', () => {
    const spaced = 'a\n\nb\n';
    expect(openNote(note(spaced, signer.sign(spaced)), [key]).text).toBe(spaced);
  });

  test.each<[string, Buffer, string]>([
    ['no signature', Buffer.from(text), 'has no signatures'],
    ['no final newline', note(text, line.trimEnd()), 'has no signatures'],
    ['a carriage return', note(text, line.replace('\n', '\r\n')), 'has control characters'],
    ['a tab', note(`${text}\t\n`, line), 'has control characters'],
    ['bytes that are not UTF-8', Buffer.concat([Buffer.of(0xff), note(text, line)]), 'is not UTF-8'],
    ['a hyphen for a dash', note(text, line.replace('—', '-')), 'a signature line is malformed'],
    ['a line that is no signature', note(text, line, 'x\n'), 'a signature line is malformed'],
    ['an empty signature', note(text, '— log.example/a AAAAAA==\n'), 'a signature line is malformed'],
    ['base64 that is not canonical', note(text, line.replace(/=\n$/, '\n')), 'not canonical base64'],
    ['something before the dash', note(text, `x${line}`), 'a signature line is malformed'],
    [
      'something after the signature',
      note(text, line.replace('\n', ' x\n')),
      'a signature line is malformed',
    ],
    ['two spaces', note(text, line.replace(' log', '  log')), 'a signature line is malformed'],
  ])('with %s is refused', (_what, bytes, message) => {
    expect(() => openNote(bytes, [key])).toThrow(message);
  });

  test('a signature of the wrong length is refused', () => {
    const short = `— log.example/a ${Buffer.concat([Buffer.from(key.id, 'hex'), Buffer.alloc(63)]).toString('base64')}\n`;
    expect(() => openNote(note(text, short), [key])).toThrow('does not hold');
    const bare = `— witness.example/w ${Buffer.concat([Buffer.from(witness.id, 'hex'), Buffer.alloc(64)]).toString('base64')}\n`;
    expect(() => openNote(note(text, bare), [witness])).toThrow('does not hold');
  });

  test('a plain signature is no cosignature, and the other way round', () => {
    const asLog = createNoteSigner('witness.example/w', privateKey);
    const asWitness = createCosigner(
      'witness.example/w',
      createPrivateKey(privateKey.export({ type: 'pkcs8', format: 'pem' })),
      () => 5,
    );
    expect(() => openNote(note(text, asLog.sign(text)), [parseVerifierKey(asWitness.vkey)])).toThrow(
      'no signature',
    );
    const signature = Buffer.from(asWitness.sign(text).trimEnd().split(' ')[2] ?? '', 'base64').subarray(4);
    const relabelled = Buffer.concat([
      Buffer.from(parseVerifierKey(asLog.vkey).id, 'hex'),
      signature,
    ]).toString('base64');
    expect(() =>
      openNote(note(text, `— witness.example/w ${relabelled}\n`), [parseVerifierKey(asLog.vkey)]),
    ).toThrow('does not hold');
  });

  test('what a witness signed without a time is no cosignature', () => {
    const asWitness = createCosigner('witness.example/w', privateKey, () => 5);
    const known = parseVerifierKey(asWitness.vkey);
    const signature = Buffer.concat([
      Buffer.from(known.id, 'hex'),
      sign(null, Buffer.from(text), privateKey),
    ]);
    const bare = `— witness.example/w ${signature.toString('base64')}\n`;
    expect(() => openNote(note(text, bare), [known])).toThrow('does not hold');
  });

  test('the time of a cosignature is signed', () => {
    const cosigned = cosigner.sign(text);
    const bytes = Buffer.from(cosigned.trimEnd().split(' ')[2] ?? '', 'base64');
    bytes.writeBigUInt64BE(1_700_000_001n, 4);
    const later = `— witness.example/w ${bytes.toString('base64')}\n`;
    expect(() => openNote(note(text, later), [witness])).toThrow('does not hold');
  });

  test('never throws anything but Malformed', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), fc.string({ maxLength: 100 }), (bytes, garbage) => {
        for (const attempt of [
          () => splitNote(Buffer.from(bytes)),
          () => openNote(note(text, garbage), [key]),
          () => parseVerifierKey(garbage),
          () => parseCheckpointText(garbage),
        ]) {
          try {
            attempt();
          } catch (error) {
            expect(error).toBeInstanceOf(Malformed);
          }
        }
      }),
    );
  });
});

describe('a checkpoint', () => {
  test('is an origin, a size and a root', () => {
    expect(openCheckpoint(note(text, line), key)).toMatchObject({
      origin: 'log.example/a',
      size: 5,
      root: Buffer.alloc(32),
    });
  });

  const root = 'AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=';
  test.each([
    ['no size', `log.example/a\n${root}\n`],
    ['a leading zero', `log.example/a\n05\n${root}\n`],
    ['a negative size', `log.example/a\n-5\n${root}\n`],
    ['an empty origin', `\n5\n${root}\n`],
    ['an extension line', `log.example/a\n5\n${root}\nextension\n`],
    ['no final newline', `log.example/a\n5\n${root}`],
    ['a size beyond 2^53', `log.example/a\n9007199254740993\n${root}\n`],
    ['a root that is too short', `log.example/a\n5\n${'A'.repeat(40)}\n`],
    ['a root that is not canonical', `log.example/a\n5\n${root.slice(0, -2)}B=\n`],
    ['a line before', `x\nlog.example/a\n5\n${root}\n`],
  ])('with %s is refused', (_what, body) => {
    expect(() => parseCheckpointText(body)).toThrow(Malformed);
    expect(() => openCheckpoint(note(body, signer.sign(body)), key)).toThrow(Malformed);
  });

  test('that is none is told from one with a wrong root', () => {
    expect(() => parseCheckpointText('\n')).toThrow('a checkpoint is an origin, a size and a root hash');
  });

  test('of another origin is refused, though the key signed it', () => {
    const other = text.replace('/a', '/b');
    expect(() => openCheckpoint(note(other, signer.sign(other)), key)).toThrow('the origin is log.example/b');
  });

  test('that only a witness signed is refused', () => {
    expect(() => openCheckpoint(note(text, cosigner.sign(text)), key, [witness])).toThrow(
      'log.example/a did not sign it',
    );
  });
});
