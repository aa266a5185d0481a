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

  const rich = z.strictObject({
    listen: z
      .strictObject({ port: z.number().min(1), host: z.string() })
      .partial()
      .prefault({}),
    engine: z.enum(['apollo', 'trellis']).default('trellis'),
    batching: z.union([z.boolean(), z.strictObject({ maxSize: z.number() })]).default(true),
    subgraphs: z
      .record(z.string(), z.strictObject({ timeoutMs: z.number(), retries: z.number() }).partial())
      .default({}),
    secret: z.url().optional(),
    issuers: z.array(z.strictObject({ audience: z.array(z.string()) })).default([]),
    source: z
      .discriminatedUnion('kind', [
        z.strictObject({ kind: z.literal('file'), path: z.string() }),
        z.strictObject({ kind: z.literal('http'), url: z.string() }),
      ])
      .optional(),
  });

  test.each([
    ['listn: {}', 'Unrecognized key: "listn". Did you mean "listen"?'],
    [
      'subgraphs: { a: { timeout: 1 } }',
      'subgraphs.a: Unrecognized key: "timeout". Did you mean "timeoutMs"?',
    ],
    ['listen: { speed: 1 }', 'listen: Unrecognized key: "speed". There are: host, port'],
    ['batching: { maxsize: 1 }', 'batching: Unrecognized key: "maxsize". Did you mean "maxSize"?'],
    ['batching: often', 'batching: Invalid input: expected boolean or object (it is "often")'],
    ['engine: fast', 'engine: Invalid option: expected one of "apollo"|"trellis" (it is "fast")'],
    [
      'listen: { port: fast }',
      'listen.port: Invalid input: expected number, received string (it is "fast")',
    ],
    ['listen: { port: 0 }', 'listen.port: Too small: expected number to be >=1 (it is 0)'],
    ['issuers: [{}]', 'issuers.0.audience: is missing, expected array'],
    [
      'source: { kind: consul }',
      `source.kind: Invalid discriminator value. Expected 'file' | 'http' (it is "consul")`,
    ],
    [
      'source: { kind: file, pathh: a, path: b }',
      'source: Unrecognized key: "pathh". Did you mean "path"?',
    ],
  ])('say what came and what may have been meant: %s', (text, line) => {
    const file = join(folder, 'rich.yaml');
    writeFileSync(file, text);
    expect(() => readConfigFile(rich, file)).toThrow(`${file}: ${line}`);
  });

  test('never repeat a text that is of the right kind, because it may be a secret', () => {
    const file = join(folder, 'rich.yaml');
    writeFileSync(file, 'secret: hunter2');
    expect(() => readConfigFile(rich, file)).toThrow(/^(?!.*hunter2).*secret: /s);
  });

  test('that cannot be read are refused', () => {
    expect(() => readConfigFile(schema, join(folder, 'absent.yaml'))).toThrow(/cannot be read/);
  });
});
