import { openEmbeddedDatabase } from '@trellis/kit/embedded-database';
import { EmbeddedServerUnavailable } from '@trellis/kit/embedded-unavailable';
import type { Terminal } from './terminal.ts';

/** The launcher's share in what the services keep their data in. */
export interface LaunchedDatabase {
  /** For the person at the terminal. */
  readonly description: string;
  /** What the services' environment gets, so that all of them come to the same decision. */
  readonly env: Readonly<Record<string, string>>;
  release(): Promise<void>;
}

/**
 * Makes sure that there is a database before services ask for one, and keeps it running between their restarts. One that
 * ends is started again.
 * With DATABASE_URL there is nothing to do.
 */
export async function openDatabase(
  env: NodeJS.ProcessEnv,
  home: string,
  { event }: Pick<Terminal, 'event'>,
): Promise<LaunchedDatabase> {
  const none = { env: {}, release: () => Promise.resolve() };
  const url = env['DATABASE_URL'];
  if (url) return { ...none, description: `the server of DATABASE_URL (${readHost(url)})` };
  if (env['TRELLIS_DATABASE'] === 'pglite') {
    return { ...none, description: 'PGlite inside each service' };
  }
  try {
    const report = (text: string): void => event('database', text);
    const embedded = await openEmbeddedDatabase({
      home,
      user: 'launcher',
      recovery: {
        onLost: () => report('has ended; starting it again'),
        onReturn: (url) => report(`runs again at ${readHost(url)}`),
        onFailure: ({ message }) => report(`is not back: ${message}`),
      },
    });
    return {
      description: `embedded PostgreSQL at 127.0.0.1:${embedded.port}`,
      env: { TRELLIS_DATABASE: 'postgres' },
      release: () => embedded.release(),
    };
  } catch (error) {
    if (!(error instanceof EmbeddedServerUnavailable) || env['TRELLIS_DATABASE'] === 'postgres') {
      throw error;
    }
    return {
      ...none,
      description: `PGlite inside each service (slower), because ${error.message}`,
      env: { TRELLIS_DATABASE: 'pglite' },
    };
  }
}

function readHost(url: string): string {
  return URL.canParse(url) ? new URL(url).host : 'unreadable';
}
