import { createLog, type Logger } from '@trellis/platform/log';
import { CamelCasePlugin } from 'kysely';
import { connectDatabase, type Database } from './database/connect.ts';
import { migrateUp } from './database/migrate.ts';
import { seedOnce } from './database/seed.ts';
import type { RequestScope } from './request-scope.ts';
import { serveSubgraph, type RunningSubgraph, type ServeOptions } from './serve.ts';
import type { Subgraph } from './subgraph.ts';

/** What may differ from one start to the next: above all in tests. */
export interface StartOptions extends Pick<
  ServeOptions<RequestScope>,
  'port' | 'host' | 'signedHop' | 'finishSchema' | 'showsInternalErrors'
> {
  readonly env?: NodeJS.ProcessEnv;
  readonly log?: Logger;
  /** Default: outside production, or as `TRELLIS_SEED` says. */
  readonly seeds?: boolean;
}

export interface RunningService<Tables> extends RunningSubgraph {
  readonly database: Database<Tables>;
}

/**
 * Starts a service: connects its database, brings the tables up to date, loads the first data once, and serves.
 * @throws Error when any of it fails; what was started by then is stopped again
 */
export async function startSubgraph<Tables, Context extends RequestScope>(
  subgraph: Subgraph<Tables, Context>,
  options: StartOptions = {},
): Promise<RunningService<Tables>> {
  const { env = process.env, seeds = readSeeds(env) } = options;
  const log = options.log ?? createLog(subgraph.name, env);
  const database = await connectDatabase<Tables>({ service: subgraph.name, env, log });
  try {
    await migrateUp(database, new URL('migrations/', subgraph.folder));
    if (seeds && subgraph.seed) {
      const isNew = await seedOnce(database, 'first data', subgraph.seed);
      if (isNew) log.info('loaded the first data');
    }
    // Columns are snake_case in SQL and camelCase in rows, so that most fields need no resolver.
    const queries = database.db.withPlugin(new CamelCasePlugin({ maintainNestedObjectKeys: true }));
    const served = await serveSubgraph<Context>({
      ...options,
      env,
      log,
      name: subgraph.name,
      schema: new URL('schema.graphql', subgraph.folder),
      defaultPort: subgraph.defaultPort,
      resolvers: subgraph.resolvers,
      ...(subgraph.rules ? { rules: subgraph.rules } : {}),
      createContext: (request) => subgraph.createContext(request, queries),
      checkReadiness: () => database.ping(),
      isDataLost: (error) => database.outage.note(error),
    });
    return {
      ...served,
      database,
      stop: async () => {
        await served.stop();
        await database.stop();
      },
    };
  } catch (error) {
    await database.stop();
    throw error;
  }
}

function readSeeds(env: NodeJS.ProcessEnv): boolean {
  const given = env['TRELLIS_SEED'];
  if (given === undefined || given === '') return env['NODE_ENV'] !== 'production';
  return given === '1' || given === 'true';
}
