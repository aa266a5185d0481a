import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { root } from './read-imports.ts';

interface Compose {
  readonly services: Readonly<Record<string, ComposeService>>;
}

interface ComposeService {
  readonly command?: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  readonly healthcheck?: object;
  readonly restart?: string;
  readonly user?: string;
}

const readYaml = <Content>(file: string): Content =>
  parse(readFileSync(join(root, file), 'utf8'), { merge: true }) as Content;

describe('docker-compose.yml', () => {
  const { services } = readYaml<Compose>('docker-compose.yml');
  const { subgraphs } = readYaml<{ subgraphs: object }>('supergraph.yaml');
  const names = Object.keys(subgraphs);

  test('runs every subgraph of supergraph.yaml, the database and the gateway', () => {
    expect(Object.keys(services).sort()).toEqual([...names, 'gateway', 'postgres'].sort());
  });

  test('gives each a health check and a restart policy', () => {
    for (const service of Object.values(services)) {
      expect(service.healthcheck).toBeDefined();
      expect(service.restart).toBe('unless-stopped');
    }
  });

  test('runs nothing as root', () => {
    expect(services['postgres']?.user).toBe('postgres');
    const dockerfile = readFileSync(join(root, 'Dockerfile'), 'utf8');
    expect(dockerfile.slice(dockerfile.lastIndexOf('FROM'))).toMatch(/^USER node$/m);
  });

  test('starts scripts that the build makes', () => {
    for (const name of [...names, 'gateway']) {
      const script = services[name]?.command?.find((part) => part.endsWith('.js')) ?? '';
      const source = script.replace('/dist/', '/src/').replace(/\.js$/, '.ts');
      expect([name, existsSync(join(root, source))]).toEqual([name, true]);
    }
  });

  test('lets the gateway find every service by the name of its container', () => {
    const config = readYaml<{ subgraphs: object }>('gateway/gateway.container.yaml');
    expect(config.subgraphs).toEqual(
      Object.fromEntries(names.map((name) => [name, { url: `http://${name}:4000/graphql` }])),
    );
    for (const name of names) expect(services[name]?.environment['PORT']).toBe('4000');
  });

  test('gives the gateway settings that it accepts', () => {
    const { status, stdout } = spawnSync(
      process.execPath,
      [
        'gateway/dist/main.js',
        '--config',
        'gateway/gateway.container.yaml',
        '--supergraph',
        'none',
      ],
      { cwd: root, encoding: 'utf8', env: { ...process.env, NODE_ENV: 'production' } },
    );
    // It gets past its settings, and stops at the supergraph that is not there.
    expect(stdout).toContain('The supergraph none cannot be read');
    expect(stdout).not.toContain('gateway.container.yaml');
    expect(status).toBe(1);
  });
});
