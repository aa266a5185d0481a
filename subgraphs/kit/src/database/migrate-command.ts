#!/usr/bin/env node
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { createLog } from '@trellis/platform/log';
import { connectDatabase, type Database } from './connect.ts';
import { migrateDown, migrateUp, readMigrationState } from './migrate.ts';

const help = `Changes the tables of one service. Run it in the service's folder.

  trellis-migrate up              run what has not run yet
  trellis-migrate down            undo the newest migration
  trellis-migrate down --steps 3  undo the newest three; --steps all undoes everything
  trellis-migrate status          list all and say which have run

  --service NAME    default: the name in package.json without its scope
  --folder FOLDER   default: migrations

The database is that of docs/database.md: DATABASE_URL or NAME_DATABASE_URL, else the embedded one.`;

interface Command {
  readonly verb: string | undefined;
  readonly service: string;
  readonly folder: string;
  readonly steps: number;
}

/** @throws Error for an unknown flag, or steps that are no number */
function readCommand(): Command | undefined {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      help: { type: 'boolean', short: 'h' },
      service: { type: 'string' },
      folder: { type: 'string', default: 'migrations' },
      steps: { type: 'string', default: '1' },
    },
  });
  if (values.help || positionals.length !== 1) return undefined;
  const steps = values.steps === 'all' ? Infinity : Number(values.steps);
  if (!(steps >= 1)) throw new Error(`--steps is a number or "all", not "${values.steps}"`);
  const service = values.service ?? readServiceName();
  return { verb: positionals[0], service, folder: join(process.cwd(), values.folder), steps };
}

function readServiceName(): string {
  const file = join(process.cwd(), 'package.json');
  if (!existsSync(file))
    throw new Error(`no package.json in ${process.cwd()}: name the service with --service`);
  const { name } = JSON.parse(readFileSync(file, 'utf8')) as { name?: string };
  return (name ?? '').replace(/^@[^/]+\//, '');
}

async function run(command: Command, database: Database<unknown>): Promise<string> {
  const { verb, folder, steps, service } = command;
  if (verb === 'up') return listNames('applied', await migrateUp(database, folder));
  if (verb === 'down') return listNames('undone', await migrateDown(database, folder, steps));
  const states = await readMigrationState(database, folder);
  const lines = states.map(
    ({ name, appliedAt }) =>
      `${name}  ${appliedAt ? `applied ${appliedAt.toISOString()}` : 'waits'}`,
  );
  return lines.join('\n') || `${service} has no migrations`;
}

function listNames(what: string, names: readonly string[]): string {
  return names.length === 0 ? 'nothing to do' : names.map((name) => `${what} ${name}`).join('\n');
}

async function main(): Promise<number> {
  const command = readCommand();
  if (!command || !['up', 'down', 'status'].includes(command.verb ?? '')) {
    process.stdout.write(`${help}\n`);
    return process.argv.includes('--help') || process.argv.includes('-h') ? 0 : 1;
  }
  const log = createLog(command.service, { LOG_LEVEL: 'warn', ...process.env });
  const database = await connectDatabase<unknown>({ service: command.service, log });
  try {
    process.stdout.write(`${await run(command, database)}\n`);
    return 0;
  } finally {
    await database.stop();
  }
}

try {
  process.exitCode = await main();
} catch (error) {
  process.stderr.write(`trellis-migrate: ${(error as Error).message}\n`);
  process.exitCode = 1;
}
