#!/usr/bin/env node
// Makes, lists and revokes API keys in the file that `authentication.apiKeys.file` names. A running gateway notices.
import { createHash, randomBytes } from 'node:crypto';
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { parseArgs } from 'node:util';

const help = `API keys: the file holds their hashes, never the keys.

  npm run -s api-key -- create NAME [--file FILE]   makes a key and prints it once; without --file prints the entry too
      [--role ROLE] [--scope SCOPE]                 may be given several times
      [--requests-per-minute N] [--expires 2027-01-31]
  npm run -s api-key -- list --file FILE            name, prefix, state, when it was last used
  npm run -s api-key -- revoke PREFIX --file FILE   ends a key within a second

FILE is what authentication.apiKeys.file names, such as api-keys.json.
`;

class UsageError extends Error {}

const commands = { create, list, revoke };

try {
  const { values, positionals } = readArguments();
  const [command, ...rest] = positionals;
  if (values.help) process.stdout.write(help);
  else if (!Object.hasOwn(commands, command ?? '')) {
    throw new UsageError(command ? `There is no command "${command}".` : 'Say what to do.');
  } else commands[command](rest, values);
} catch (error) {
  process.stderr.write(`${error.message}\n${error instanceof UsageError ? `\n${help}` : ''}`);
  process.exitCode = error instanceof UsageError ? 2 : 1;
}

function readArguments() {
  try {
    return parseArgs({
      allowPositionals: true,
      options: {
        file: { type: 'string' },
        role: { type: 'string', multiple: true, default: [] },
        scope: { type: 'string', multiple: true, default: [] },
        'requests-per-minute': { type: 'string' },
        expires: { type: 'string' },
        help: { type: 'boolean', short: 'h' },
      },
    });
  } catch (error) {
    throw new UsageError(error.message);
  }
}

function create([name], values) {
  if (!name) throw new UsageError('A key needs a name: whose it is.');
  const prefix = `trl_${randomBytes(4).toString('hex')}`;
  const key = `${prefix}_${randomBytes(32).toString('base64url')}`;
  const entry = {
    name,
    prefix,
    sha256: createHash('sha256').update(key).digest('hex'),
    roles: values.role,
    scopes: values.scope,
    ...readLimit(values['requests-per-minute']),
    ...readExpiry(values.expires),
  };
  if (values.file === undefined) {
    process.stdout.write(`Key, shown only now:\n\n  ${key}\n\nEntry for the file of API keys:\n\n`);
    process.stdout.write(`${JSON.stringify(entry, undefined, 2)}\n`);
    return;
  }
  const file = findFile(values);
  if (!existsSync(dirname(file))) throw new Error(`There is no folder ${dirname(file)}.`);
  writeKeys(file, [...(existsSync(file) ? readKeys(file) : []), entry]);
  process.stderr.write(`${name} has the key ${prefix}, shown only now:\n`);
  process.stdout.write(`${key}\n`);
}

function readLimit(text) {
  if (text === undefined) return {};
  const requestsPerMinute = Number(text);
  if (Number.isInteger(requestsPerMinute) && requestsPerMinute > 0) return { requestsPerMinute };
  throw new UsageError(`--requests-per-minute must be a whole number above 0, not "${text}".`);
}

function readExpiry(text) {
  if (text === undefined) return {};
  const time = Date.parse(text);
  if (Number.isNaN(time)) throw new UsageError(`--expires must be a date, not "${text}".`);
  return { expiresAt: new Date(time).toISOString() };
}

function list(_rest, values) {
  const file = findFile(values);
  const lastUse = readLastUse(file);
  const rows = readKeys(file).map((entry) => [
    entry.name,
    entry.prefix,
    stateOf(entry),
    lastUse[entry.prefix] ?? 'never',
    [...(entry.roles ?? []), ...(entry.scopes ?? [])].join(' '),
  ]);
  const table = [['NAME', 'PREFIX', 'STATE', 'LAST USED', 'ROLES AND SCOPES'], ...rows];
  const widths = table[0].map((_title, column) =>
    Math.max(...table.map((row) => row[column].length)),
  );
  for (const row of table) {
    const line = row.map((text, column) => text.padEnd(widths[column])).join('  ');
    process.stdout.write(`${line.trimEnd()}\n`);
  }
}

function stateOf({ isRevoked, expiresAt }) {
  if (isRevoked) return 'revoked';
  if (expiresAt === undefined) return 'valid';
  return Date.parse(expiresAt) <= Date.now() ? 'expired' : `valid until ${expiresAt.slice(0, 10)}`;
}

function readLastUse(file) {
  const lastUseFile = `${file.replace(/\.json$/, '')}.last-use.json`;
  return existsSync(lastUseFile) ? JSON.parse(readFileSync(lastUseFile, 'utf8')) : {};
}

function revoke([prefix], values) {
  const file = findFile(values);
  const keys = readKeys(file);
  const revoked = keys.find((entry) => entry.prefix === prefix);
  if (!revoked) throw new Error(`${file} has no key ${prefix ?? 'without a prefix'}.`);
  writeKeys(
    file,
    keys.map((entry) => (entry === revoked ? { ...entry, isRevoked: true } : entry)),
  );
  process.stdout.write(`${prefix} (${revoked.name}) is revoked.\n`);
}

/** From where npm was called, which runs us in our own folder. */
function findFile({ file }) {
  if (file === undefined) throw new UsageError('Say which file: --file api-keys.json');
  return resolve(process.env.INIT_CWD ?? process.cwd(), file);
}

function readKeys(file) {
  if (!existsSync(file)) throw new Error(`${file} is missing.`);
  const keys = JSON.parse(readFileSync(file, 'utf8'));
  if (!Array.isArray(keys)) throw new Error(`${file} must be a list of keys.`);
  return keys;
}

/** Whole or not at all: a gateway may be reading it. */
function writeKeys(file, keys) {
  const draft = `${file}.${process.pid}`;
  writeFileSync(draft, `${JSON.stringify(keys, undefined, 2)}\n`, { mode: 0o600 });
  renameSync(draft, file);
}
