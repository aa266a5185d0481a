#!/usr/bin/env node
// Writes src/generated/resolver-types.ts of each subgraph from its schema.graphql.
//
//   node scripts/generate-resolver-types.js                 every folder of subgraphs/ with a schema.graphql
//   node scripts/generate-resolver-types.js --check         changes nothing; status 1 when a file is not up to date
//   node scripts/generate-resolver-types.js path/to/folder  only these subgraphs, wherever they are
//
// A subgraph says in its package.json what its resolvers work with:
//
//   "codegen": {
//     "context": "../context.ts#AccountsContext",
//     "mappers": { "User": "../users-table.ts#UserRow" }
//   }
//
// Paths are relative to src/generated/. A mapped type's resolvers get that row as their parent.

import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { codegen } from '@graphql-codegen/core';
import * as typescript from '@graphql-codegen/typescript';
import * as resolvers from '@graphql-codegen/typescript-resolvers';
import { Kind, parse } from 'graphql';
import { format, resolveConfig } from 'prettier';

const root = resolve(dirname(fileURLToPath(import.meta.url)), '..');

const usage = `Usage: node scripts/generate-resolver-types.js [--check] [subgraph folder ...]

Writes src/generated/resolver-types.ts of each subgraph from its schema.graphql.
  --check   change nothing; status 1 when a file is not up to date
  --help    show this`;

/** What the scalars of the kit are in TypeScript: what a resolver may return, and what it gets as an argument. */
const scalars = {
  BigInt: { input: 'bigint', output: 'bigint | number' },
  CountryCode: 'string',
  Currency: 'string',
  Date: { input: 'Date', output: 'Date | string' },
  DateTime: { input: 'Date', output: 'Date | string' },
  EmailAddress: 'string',
  ID: { input: 'string', output: 'string' },
  JSON: 'unknown',
  Locale: 'string',
  NonNegativeInt: 'number',
  PhoneNumber: 'string',
  PositiveInt: 'number',
  TimeZone: 'string',
  URL: { input: 'URL', output: 'URL | string' },
  UUID: 'string',
  // Fields of a key: federation's own.
  _FieldSet: 'string',
};

async function main(args) {
  if (args.includes('--help')) return write(usage);
  const isCheck = args.includes('--check');
  const named = args.filter((argument) => argument !== '--check');
  const unknown = named.find((argument) => argument.startsWith('-'));
  if (unknown) return fail(`Unknown option ${unknown}.\n\n${usage}`);
  const folders = named.length > 0 ? named.map((folder) => resolve(folder)) : findSubgraphs();
  const outdated = [];
  for (const folder of folders) {
    if (!existsSync(join(folder, 'schema.graphql')))
      return fail(`${folder} has no schema.graphql.`);
    const file = join(folder, 'src/generated/resolver-types.ts');
    const text = await generate(folder);
    if (existsSync(file) && readFileSync(file, 'utf8') === text) continue;
    if (isCheck) {
      outdated.push(relative(root, file));
      continue;
    }
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
    write(`wrote ${relative(root, file)}`);
  }
  if (outdated.length > 0) {
    fail(
      `Not up to date with its schema.graphql:\n  ${outdated.join('\n  ')}\nRun: npm run generate`,
    );
  }
}

/** Only the scalars that the schema declares; what the package says of one goes first. */
function scalarsOf(source, own = {}) {
  const names = source.definitions
    .filter((definition) => definition.kind === Kind.SCALAR_TYPE_DEFINITION)
    .map((definition) => definition.name.value);
  const known = { ...scalars, ...own };
  const missing = names.filter((name) => !(name in known));
  if (missing.length > 0) {
    throw new Error(
      `No TypeScript type is known for the scalar ${missing.join(', ')}. Name it in "codegen": { "scalars": { "${missing[0]}": "string" } } of package.json.`,
    );
  }
  return Object.fromEntries(['ID', '_FieldSet', ...names].map((name) => [name, known[name]]));
}

function findSubgraphs() {
  const folder = join(root, 'subgraphs');
  return readdirSync(folder)
    .sort()
    .map((name) => join(folder, name))
    .filter((path) => existsSync(join(path, 'schema.graphql')));
}

async function generate(folder) {
  const { codegen: settings = {} } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  const source = parse(readFileSync(join(folder, 'schema.graphql'), 'utf8'));
  const generated = await codegen({
    filename: 'resolver-types.ts',
    documents: [],
    schema: source,
    plugins: [{ typescript: {} }, { resolvers: {} }],
    pluginMap: { typescript, resolvers },
    config: {
      federation: true,
      enumsAsTypes: true,
      useTypeImports: true,
      strictScalars: true,
      scalars: scalarsOf(source, settings.scalars),
      inputMaybeValue: 'T | null | undefined',
      avoidOptionals: { field: false, inputValue: false, object: false },
      immutableTypes: true,
      resolverTypeWrapperSignature: 'Promise<T> | T',
      ...(settings.context ? { contextType: settings.context } : {}),
      mappers: settings.mappers ?? {},
    },
  });
  const header =
    '// Generated by scripts/generate-resolver-types.js from schema.graphql: do not edit.\n';
  const options = (await resolveConfig(join(root, '.prettierrc'))) ?? {};
  return format(header + generated, { ...options, parser: 'typescript' });
}

function write(text) {
  process.stdout.write(`${text}\n`);
}

function fail(message) {
  process.stderr.write(`${message}\n`);
  process.exitCode = 1;
}

main(process.argv.slice(2)).catch((error) => fail(error.message));
