import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readGatewayConfig } from './config.ts';

describe('gateway.yaml', () => {
  let folder: string;
  let file: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'trellis-config-'));
    file = join(folder, 'gateway.yaml');
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  function read(text: string, overrides = {}): ReturnType<typeof readGatewayConfig> {
    writeFileSync(file, text);
    return readGatewayConfig(file, overrides);
  }

  test('may be empty: everything has a default', () => {
    expect(read('')).toMatchObject({
      engine: 'trellis',
      server: 'trellis',
      listen: { host: '127.0.0.1', port: 4000 },
      supergraph: { file: 'supergraph.graphql' },
    });
  });

  test('is overruled by flags and environment', () => {
    const { listen, supergraph } = read('listen: { host: "::1", port: 1, keepAliveTimeoutMs: 5 }', {
      port: '5000',
      supergraph: 'other.graphql',
    });
    expect(listen).toMatchObject({ host: '::1', port: 5000, keepAliveTimeoutMs: 5 });
    expect(supergraph.file).toBe('other.graphql');
  });

  test('may name the supergraph by its address', () => {
    expect(read('', { supergraph: 'https://x.example/s' }).supergraph.url).toBe(
      'https://x.example/s',
    );
    const { supergraph } = read('supergraph: { url: "https://x.example/s" }', {
      supergraph: 'a.graphql',
    });
    expect(supergraph.url).toBeUndefined();
    expect(supergraph.file).toBe('a.graphql');
  });

  test.each([
    ['engin: apollo', 'Unrecognized key: "engin"'],
    ['http: { maxBodyByte: 1 }', 'http: Unrecognized key: "maxBodyByte"'],
    [
      'http: { maxBodyBytes: big }',
      'http.maxBodyBytes: Invalid input: expected number, received string',
    ],
    ['engine: rust', 'engine: Invalid option: expected one of "trellis"|"apollo"'],
    ['listen: { port: 70000 }', 'listen.port: Too big'],
    [
      'http: { cors: { origins: ["*"], credentials: true } }',
      'http.cors: credentials cannot be allowed to every origin',
    ],
    ['subgraphs: { all: { timeout: 5 } }', 'subgraphs.all: Unrecognized key: "timeout"'],
    [
      'subgraphs: { a: { tls: { certFile: a.pem } } }',
      'subgraphs.a.tls: certFile and keyFile must be given together',
    ],
    ['a: [', 'Flow sequence in block collection must be sufficiently indented'],
  ])('with %s is refused, naming file, place and reason', (text, message) => {
    expect(() => read(text)).toThrow(`${file}: ${message}`);
  });

  test('finds certificates and lists of instances from its own folder', () => {
    const { subgraphs } = read(
      'subgraphs: { a: { tls: { caFile: ca.pem }, discovery: { kind: file, path: a.json } }, b: { discovery: { kind: http, url: "http://x.example/b" } } }',
    );
    expect(subgraphs['a']?.tls).toEqual({ caFile: join(folder, 'ca.pem') });
    expect(subgraphs['a']?.discovery).toEqual({ kind: 'file', path: join(folder, 'a.json') });
    expect(subgraphs['b']).toEqual({ discovery: { kind: 'http', url: 'http://x.example/b' } });
  });

  test('reports every problem at once', () => {
    expect(() => read('engin: 1\nserver: nginx')).toThrow(/server: Invalid option.*\n.*"engin"/);
  });

  test('that is named and missing is an error', () => {
    expect(() => readGatewayConfig(join(folder, 'none.yaml'))).toThrow(
      /none\.yaml: cannot be read/,
    );
  });

  test.each(['x', '-1', '70000', ''])('a port of %j in the flags is refused', (port) => {
    expect(() => read('', { port })).toThrow('flags and environment: port');
  });
});
