import { expect, test } from 'vitest';
import { parseImageReference } from '#shared/event/image.ts';
import { rememberImages } from './container-image.ts';

test('reads the image of a container again only when it is written otherwise', () => {
  const read: unknown[] = [];
  const imageOf = rememberImages((name, tag) => {
    read.push([name, tag]);
    return parseImageReference(`${name}:${tag}`);
  });
  expect(imageOf('0123456789ab', 'nginx', '1.27')?.tag).toBe('1.27');
  expect(imageOf('0123456789ab', 'nginx', '1.27')?.tag).toBe('1.27');
  expect(imageOf('0123456789ab', 'nginx', '1.28')?.tag).toBe('1.28');
  expect(imageOf('ba9876543210', 'nginx', '1.28')?.tag).toBe('1.28');
  expect(imageOf(undefined, 'redis', '7')?.path).toBe('library/redis');
  expect(read).toEqual([
    ['nginx', '1.27'],
    ['nginx', '1.28'],
    ['nginx', '1.28'],
    ['redis', '7'],
  ]);
});
