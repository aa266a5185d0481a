import { access } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { z } from 'zod';
import { checkConfig, ConfigError } from '@trellis/platform/read-config';
import { parseDocument } from 'yaml';
import { CommandError } from './command-error.ts';
import { displayPath, readTextFile } from './supergraph/read-text-file.ts';
import type { Terminal } from './terminal.ts';

const budget = z.strictObject({
  /** Requests to subgraphs. */
  fetches: z.int().positive().optional(),
  /** Requests that must wait for one another. */
  waves: z.int().positive().optional(),
  /** Fetches of `_entities`. */
  entityFetches: z.int().nonnegative().optional(),
  /** Estimated by @cost and @listSize. */
  cost: z.number().nonnegative().optional(),
});

const ruleLevel = z.enum(['off', 'info', 'warning', 'error']);

const settingsSchema = z.strictObject({
  /** Files and folders of known operations: documents, manifests, usage logs. */
  operations: z.array(z.string()).default([]),
  /** Entries of usage logs older than this do not count. */
  usageDays: z.number().positive().default(30),
  approvals: z.string().optional(),
  budgets: z
    .strictObject({
      default: budget.default({}),
      operations: z.record(z.string(), budget).default({}),
    })
    .prefault({}),
  lint: z
    .strictObject({
      rules: z
        .record(
          z.string(),
          z.union([ruleLevel, z.tuple([ruleLevel, z.record(z.string(), z.unknown())])]),
        )
        .default({}),
    })
    .prefault({}),
  /** Files of `authorization report`. */
  authorization: z
    .strictObject({
      /** Settings of the gateway, which name the module with the rules. */
      gatewayConfig: z.string().optional(),
      permissions: z.string().optional(),
      snapshot: z.string().optional(),
      accepted: z.string().optional(),
    })
    .default({}),
  contracts: z
    .record(
      z.string(),
      z.strictObject({
        /** Only elements with one of these tags, and what they need. */
        include: z.array(z.string()).default([]),
        /** Never elements with one of these tags. */
        exclude: z.array(z.string()).default([]),
        /** Where `contract build` writes it. */
        output: z.string().optional(),
      }),
    )
    .default({}),
});

/** Settings of the checks: the file trellis.yaml. */
export type Settings = z.output<typeof settingsSchema>;

/** What an operation may cost at most. */
export type Budget = z.output<typeof budget>;

const defaultFile = 'trellis.yaml';

/**
 * Reads trellis.yaml. Paths in it start from its folder and are returned absolute.
 * @param file undefined: trellis.yaml in the working folder, if there is one
 * @throws CommandError when it cannot be read or holds something unknown
 */
export async function readSettings(
  file: string | undefined,
  terminal: Terminal,
): Promise<Settings> {
  const path = resolve(terminal.cwd, file ?? defaultFile);
  if (file === undefined && !(await exists(path))) return settingsSchema.parse({});
  const shownAs = displayPath(path, terminal.cwd);
  const document = parseDocument(await readTextFile(path, shownAs));
  const [first] = document.errors;
  if (first) throw new CommandError(`${shownAs}: ${first.message.split('\n')[0] ?? ''}`);
  try {
    const settings = checkConfig(settingsSchema, document.toJS() ?? {}, shownAs);
    return withAbsolutePaths(settings, dirname(path));
  } catch (error) {
    if (error instanceof ConfigError) throw new CommandError(error.message);
    throw error;
  }
}

function withAbsolutePaths(settings: Settings, folder: string): Settings {
  const absolute = {
    ...settings,
    operations: settings.operations.map((path) => resolve(folder, path)),
  };
  if (settings.approvals !== undefined) absolute.approvals = resolve(folder, settings.approvals);
  absolute.authorization = Object.fromEntries(
    Object.entries(settings.authorization).flatMap(([name, file]) =>
      file === undefined ? [] : [[name, resolve(folder, file)]],
    ),
  );
  return absolute;
}

function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
