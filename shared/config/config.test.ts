import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { BreakwaterError } from '#shared/errors/error.ts';
import { healthPort, kafkaBrokers } from './common.ts';
import { describeSettings, printConfig } from './print.ts';
import { readConfig } from './read.ts';
import type { Setting } from './setting.ts';

const token: Setting<string> = {
  variable: 'GATEWAY_TOKEN',
  schema: z.string().min(8),
  description: 'Bearer token.',
  secret: true,
};
const settings = { kafkaBrokers, healthPort, token };

describe('readConfig', () => {
  it('reads variables and fills in defaults', () => {
    const config = readConfig(settings, { GATEWAY_TOKEN: 'long-enough', KAFKA_BROKERS: 'a:1, b:2' });
    expect(config).toEqual({ kafkaBrokers: ['a:1', 'b:2'], healthPort: 0, token: 'long-enough' });
  });

  it('names every problem at once', () => {
    const read = () => readConfig(settings, { BREAKWATER_HEALTH_PORT: '99999' });
    expect(read).toThrow(BreakwaterError);
    expect(read).toThrow(/BREAKWATER_HEALTH_PORT[\s\S]*GATEWAY_TOKEN/);
  });

  it('reads a secret from the file that <variable>_FILE names', () => {
    const file = join(mkdtempSync(join(tmpdir(), 'config-')), 'token');
    writeFileSync(file, 'from-a-file\n');
    expect(readConfig({ token }, { GATEWAY_TOKEN_FILE: file }).token).toBe('from-a-file');
    expect(() => readConfig({ token }, { GATEWAY_TOKEN_FILE: `${file}-absent` })).toThrow(/cannot read/);
  });

  it('treats an empty variable as not set', () => {
    expect(readConfig({ healthPort }, { BREAKWATER_HEALTH_PORT: '' }).healthPort).toBe(0);
  });
});

describe('printing', () => {
  it('never shows a secret', () => {
    const config = readConfig(settings, { GATEWAY_TOKEN: 'long-enough' });
    const printed = printConfig(settings, config);
    expect(printed).toContain('KAFKA_BROKERS=127.0.0.1:9092');
    expect(printed).toContain('GATEWAY_TOKEN=[redacted]');
    expect(printed).not.toContain('long-enough');
  });

  it('describes each setting on one line', () => {
    expect(describeSettings({ token })).toBe('  GATEWAY_TOKEN  Bearer token.');
  });
});
