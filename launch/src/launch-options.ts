import { parseArgs } from 'node:util';

/** What the person who types `npm start` may choose. */
export interface LaunchOptions {
  /** Take any free ports, in place of those in supergraph.yaml and 4000. */
  readonly usesFreePorts: boolean;
  /** Start a process again that ended by itself. */
  readonly restarts: boolean;
  /** Show everything the processes log, not only warnings and errors. */
  readonly isVerbose: boolean;
}

export const help = `Starts the database, the services of supergraph.yaml and the gateway, each in a process of its own.

  npm start                    stop with Ctrl-C
  npm start -- --ports free    any free ports, when the usual ones are taken
  npm start -- --verbose       show all logs; without it warnings and errors (all are in .trellis/logs)
  npm start -- --no-restart    leave a process that ended as it is
  npm start -- --help          this text
  npm run reset                remove all data; the next start begins anew

PORT sets the gateway's port (default 4000), ORDERS_PORT that of one service. DATABASE_URL names a PostgreSQL
server to use instead of the embedded one. All settings: docs/settings.md, docs/database.md.
`;

/**
 * @returns 'help' when that was asked for
 * @throws Error naming the flag that is not known
 */
export function readLaunchOptions(parameters: readonly string[]): LaunchOptions | 'help' {
  const { values } = parseArgs({
    args: [...parameters],
    options: {
      ports: { type: 'string' },
      verbose: { type: 'boolean', default: false },
      'no-restart': { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  if (values.help) return 'help';
  if (values.ports !== undefined && values.ports !== 'free') {
    throw new Error(
      `--ports takes "free", not "${values.ports}"; single ports are set with PORT and <SERVICE>_PORT`,
    );
  }
  return {
    usesFreePorts: values.ports === 'free',
    restarts: !values['no-restart'],
    isVerbose: values.verbose,
  };
}
