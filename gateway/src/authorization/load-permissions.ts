import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Policies } from './directive-rules.ts';
import type { RuleContext } from './rule-context.ts';
import type { Permissions } from './shield.ts';

/** What a permissions module exports. */
export interface PermissionsModule {
  /** What `shield({...})` gave. */
  readonly permissions?: Permissions;
  /** Makes what rules get as `context`, once per request that a rule concerns: the place for DataLoaders. */
  readonly context?: (request: RuleContext) => unknown;
  /** Decides `@policy`. One that is not here denies. */
  readonly policies?: Policies;
}

/**
 * Loads a permissions module: JavaScript or TypeScript.
 * @throws Error that says what is wrong with the file, or what it exports instead
 */
export async function loadPermissions(file: string | undefined): Promise<PermissionsModule> {
  if (file === undefined) return {};
  let loaded: Readonly<Record<string, unknown>>;
  try {
    loaded = await importModule(resolve(file));
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new Error(`authorization.permissions: ${file} cannot be loaded: ${reason}`, {
      cause: error,
    });
  }
  const { permissions } = loaded as { readonly permissions?: Partial<Permissions> };
  if (typeof permissions?.ruleTree !== 'object' || typeof permissions.options !== 'object') {
    const names = Object.keys(loaded).join(', ') || 'nothing';
    throw new Error(
      `authorization.permissions: ${file} must export "permissions = shield({...})" with shield of @trellis/gateway/shield. It exports ${names}.`,
    );
  }
  return loaded as PermissionsModule;
}

/** Node.js takes the types out by itself from 22.18 on. For older ones a library does, and is loaded for nothing else. */
async function importModule(file: string): Promise<Readonly<Record<string, unknown>>> {
  try {
    return (await import(pathToFileURL(file).href)) as Readonly<Record<string, unknown>>;
  } catch (error) {
    const { code } = error as { readonly code?: unknown };
    if (code !== 'ERR_UNKNOWN_FILE_EXTENSION') throw error;
    return importTypeScript(file);
  }
}

/**
 * Loads a TypeScript module, and those it imports, on a Node.js that cannot.
 * @throws Error of the module itself
 */
export async function importTypeScript(file: string): Promise<Readonly<Record<string, unknown>>> {
  const { createJiti } = await import('jiti');
  // Nothing is left on disk: a file of rules that others may write is a way in.
  const jiti = createJiti(pathToFileURL(file).href, { fsCache: false, interopDefault: false });
  return jiti.import(file);
}
