import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { importTypeScript, loadPermissions } from './load-permissions.ts';

describe('a module with rules', () => {
  let folder = '';
  const write = (name: string, text: string): string => {
    const file = join(folder, name);
    writeFileSync(file, text);
    return file;
  };

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'trellis-permissions-'));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  test('in TypeScript is loaded by a Node.js that takes no types out, with what it imports', async () => {
    write(
      'roles.ts',
      `export enum Role { Support = 'SUPPORT' }
       export const has = (roles: readonly string[], role: Role): boolean => roles.includes(role);`,
    );
    const file = write(
      'permissions.ts',
      `import type { GraphQLSchema } from 'graphql';
       import { has, Role } from './roles.ts';
       export type Seen = GraphQLSchema;
       export const permissions = { ruleTree: {}, options: {} } as const;
       export const isSupport = (roles: string[]): boolean => has(roles, Role.Support);`,
    );
    const loaded = await importTypeScript(file);
    expect(loaded['permissions']).toEqual({ ruleTree: {}, options: {} });
    const isSupport = loaded['isSupport'] as (roles: string[]) => boolean;
    expect([isSupport(['SUPPORT']), isSupport([])]).toEqual([true, false]);
  });

  test('that is none says what it exports instead', async () => {
    const file = write('other.mjs', 'export const rules = 1;');
    await expect(loadPermissions(file)).rejects.toThrow(
      'must export "permissions = shield({...})" with shield of @trellis/gateway/shield. It exports rules.',
    );
  });

  test('that is not there is named', async () => {
    await expect(loadPermissions(join(folder, 'nowhere.js'))).rejects.toThrow(
      /authorization\.permissions: .*nowhere\.js cannot be loaded: /,
    );
  });
});
