import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { z } from 'zod';
import { ConfigError, readConfigFile } from './read-config.ts';

const schema = z.strictObject({
  listen: z.strictObject({ port: z.number().int() }),
  engine: z.enum(['apollo', 'trellis']).default('trellis'),
});

describe('settings', () => {
  let folder = '';
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'settings-'));
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  const read = (text: string) => {
    const file = join(folder, 'gateway.yaml');
    writeFileSync(file, text);
    return readConfigFile(schema, file);
  };

  test('get their defaults', () => {
    expect(read('listen: { port: 4000 }')).toEqual({ listen: { port: 4000 }, engine: 'trellis' });
  });

  test.each([
    ['an unknown key', 'listen: { port: 1 }\nengin: apollo', /gateway\.yaml: .*"engin"/],
    ['a wrong type', 'listen: { port: "4000" }', /gateway\.yaml: listen\.port: .*number/],
    ['a wrong value', 'listen: { port: 1 }\nengine: fast', /engine: .*"apollo"\|"trellis"/],
    ['broken YAML', 'listen: { port: 1', /gateway\.yaml: .*line 1/],
    ['nothing', '', /listen/],
  ])('with %s are refused and say where', (_what, text, message) => {
    expect(() => read(text)).toThrow(ConfigError);
    expect(() => read(text)).toThrow(message);
  });

  test('that cannot be read are refused', () => {
    expect(() => readConfigFile(schema, join(folder, 'absent.yaml'))).toThrow(/cannot be read/);
  });
});
