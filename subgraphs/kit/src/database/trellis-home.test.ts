import { describe, expect, test } from '@jest/globals';
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findTrellisHome } from './trellis-home.ts';

const root = mkdtempSync(join(tmpdir(), 'trellis home '));
const service = join(root, 'subgraphs', 'orders');
mkdirSync(service, { recursive: true });
writeFileSync(join(root, 'package.json'), '{"workspaces":["subgraphs/*"]}');
writeFileSync(join(service, 'package.json'), '{}');

describe('findTrellisHome', () => {
  test('is at the root of the workspaces, from wherever one looks', () => {
    expect(findTrellisHome({}, service)).toBe(join(root, '.trellis'));
    expect(findTrellisHome({}, root)).toBe(join(root, '.trellis'));
  });

  test('is beside package.json in a project without workspaces', () => {
    const alone = mkdtempSync(join(tmpdir(), 'trellis alone '));
    mkdirSync(join(alone, 'src'));
    writeFileSync(join(alone, 'package.json'), '{}');
    expect(findTrellisHome({}, join(alone, 'src'))).toBe(join(alone, '.trellis'));
  });

  test('is where TRELLIS_HOME says', () => {
    expect(findTrellisHome({ TRELLIS_HOME: '/var/trellis' }, service)).toBe('/var/trellis');
    expect(findTrellisHome({ TRELLIS_HOME: 'state' }, service)).toBe(join(service, 'state'));
  });
});
