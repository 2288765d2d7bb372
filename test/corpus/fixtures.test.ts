import { expect, test } from 'vitest';
import { allFormats } from '../../services/standalone/events/all-formats.ts';
import { readFixtures } from './fixtures.ts';
import { readValue } from './run.ts';

const formats = allFormats();
const fixtures = readFixtures();

test('every format has at least two fixtures, which it reads', () => {
  const counts = Object.entries(formats).flatMap(([family, some]) =>
    some.map(({ name }) => {
      const own = fixtures.filter((fixture) => fixture.family === family && fixture.format === name);
      const read = own.filter(({ family: of, value }) => {
        const events = readValue(value, of, formats[of]).events;
        return events.length > 0 && events.every(({ format }) => format === name);
      });
      return { name: `${family}/${name}`, read: read.length };
    }),
  );
  expect(counts.filter(({ read }) => read < 2)).toEqual([]);
});

test('every fixture lies in the folder of a format', () => {
  const names = new Set(
    Object.entries(formats).flatMap(([family, some]) => some.map(({ name }) => `${family}/${name}`)),
  );
  expect(fixtures.filter(({ family, format }) => !names.has(`${family}/${format}`))).toEqual([]);
});
