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
 * Loads a permissions module: JavaScript, or TypeScript where Node.js itself takes the types out.
 * @throws Error that says what is wrong with the file, or what it exports instead
 */
export async function loadPermissions(file: string | undefined): Promise<PermissionsModule> {
  if (file === undefined) return {};
  let loaded: Readonly<Record<string, unknown>>;
  try {
    loaded = (await import(pathToFileURL(resolve(file)).href)) as typeof loaded;
  } catch (error) {
    const reason = explainImportError(error);
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

function explainImportError(error: unknown): string {
  const { code } = error as { readonly code?: unknown };
  if (code === 'ERR_UNKNOWN_FILE_EXTENSION') {
    return 'Node.js loads TypeScript from 22.18 on; compile it for older ones, and name the JavaScript';
  }
  return error instanceof Error ? error.message : String(error);
}
