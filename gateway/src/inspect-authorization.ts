import { readFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { anonymous, type Identity } from '@trellis/platform/identity';
import { createDeadline } from '@trellis/platform/deadline';
import { createLog } from '@trellis/platform/log';
import { readTraceContext } from '@trellis/platform/trace-context';
import { z } from 'zod';
import { createAuthorization } from './authorization/authorize.ts';
import { describeRules } from './authorization/describe-rules.ts';
import { explainRules, printExplanation } from './authorization/explain-rules.ts';
import { loadPermissions } from './authorization/load-permissions.ts';
import { configSchema, readGatewayConfig } from './config.ts';
import { createCoerceVariables } from './operation/coerce-variables.ts';
import { createPrepare } from './operation/prepare.ts';
import { makeSnapshot } from './supergraph/snapshot.ts';

// The process behind `trellis authorization …`: it reads files, starts nothing, and prints JSON.

const help = `Prints the rules of a graph, or what they make of an operation, as JSON.

Usage: node inspect-authorization.js report|explain [options]

  --supergraph FILE   the composed supergraph
  --permissions FILE  module with the rules; default: what the settings name
  --config FILE       settings of the gateway
  --operation FILE    explain: the operation
  --name NAME         explain: which of several in the file
  --as FILE           explain: who asks, as JSON: subject, kind, roles, scopes, attributes. Default: nobody
  --variables FILE    explain: the variables, as JSON
`;

/** Whoever a developer makes up. */
const identitySchema = z.strictObject({
  kind: z.enum(['anonymous', 'user', 'service']).optional(),
  subject: z.string().nullable().optional(),
  roles: z.array(z.string()).optional(),
  scopes: z.array(z.string()).optional(),
  attributes: z.record(z.string(), z.string()).optional(),
});

type Flags = Readonly<
  Partial<
    Record<
      'supergraph' | 'permissions' | 'config' | 'operation' | 'name' | 'as' | 'variables',
      string
    >
  >
>;

const text = { type: 'string' } as const;

async function main(): Promise<unknown> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      supergraph: text,
      permissions: text,
      config: text,
      operation: text,
      name: text,
      as: text,
      variables: text,
    },
  });
  const flags: Flags = values;
  const snapshot = makeSnapshot(await readText(flags.supergraph ?? 'supergraph.graphql'));
  const permissions =
    flags.permissions ?? readGatewayConfig(flags.config).authorization.permissions;
  const module = await loadPermissions(permissions);
  if (positionals[0] === 'report') {
    return { permissions: permissions ?? null, fields: describeRules(snapshot, module) };
  }
  if (positionals[0] !== 'explain') throw new Error(help);
  // Rules that do not fit are told before they are run.
  createAuthorization(module, log).prepare(snapshot);
  const query = await readText(flags.operation ?? '');
  const incoming = { ...noRequest, query, operationName: flags.name };
  const { operation } = configSchema.parse({});
  const prepared = createPrepare(operation, false)(incoming, snapshot);
  const given = flags.variables === undefined ? {} : await readJson(flags.variables);
  const coerceVariables = createCoerceVariables(operation.maxInputValues);
  const variables = coerceVariables(prepared, given as Record<string, unknown>, snapshot.apiSchema);
  const identity = await readIdentity(flags.as);
  const context = { ...noContext, identity };
  const fields = await explainRules(module, { prepared, variables, context, snapshot }, log);
  return { text: printExplanation(fields, identity), fields };
}

const log = createLog('authorization', { LOG_LEVEL: 'silent' });

const noContext = {
  id: 'explain',
  headers: {},
  signal: new AbortController().signal,
  deadline: createDeadline(60_000),
  trace: readTraceContext(undefined, undefined),
};

const noRequest = { ...noContext, variables: {}, extensions: undefined, method: 'POST' } as const;

async function readIdentity(file: string | undefined): Promise<Identity> {
  if (file === undefined) return anonymous;
  const read = identitySchema.safeParse(await readJson(file));
  if (!read.success) throw new Error(`${file} is no identity: ${z.prettifyError(read.error)}`);
  const { kind, subject = null, roles = [], scopes = [], attributes = {} } = read.data;
  return {
    kind: kind ?? (subject === null ? 'anonymous' : 'user'),
    subject,
    roles,
    scopes,
    attributes,
  };
}

async function readText(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    throw new Error(`${file || 'The file'} cannot be read: ${(error as Error).message}`, {
      cause: error,
    });
  }
}

async function readJson(file: string): Promise<unknown> {
  const content = await readText(file);
  try {
    return JSON.parse(content) as unknown;
  } catch (error) {
    throw new Error(`${file} is no JSON: ${(error as Error).message}`, { cause: error });
  }
}

try {
  process.stdout.write(`${JSON.stringify(await main())}\n`);
} catch (error) {
  process.stderr.write(`${(error as Error).message}\n`);
  // The code of the command line for input that cannot be used.
  process.exitCode = 3;
}
