import { connectDatabase } from '@trellis/kit/database';
import { createLog } from '@trellis/platform/log';
import { LaunchError } from './launch-error.ts';

/**
 * Removes the schemas of all services from a real server.
 * @param isConfirmed false only tells what would be done: the data may be dear to somebody
 * @returns what was done
 * @throws LaunchError when it was not confirmed, or a service still uses its schema
 */
export async function dropServiceSchemas(
  url: string,
  services: readonly string[],
  isConfirmed: boolean,
): Promise<string> {
  const log = createLog('reset', { LOG_LEVEL: 'warn' });
  const database = await connectDatabase({ service: 'reset', env: { DATABASE_URL: url }, log });
  try {
    const users = await database.pool.query<{ application_name: string }>(
      'select distinct application_name from pg_stat_activity where datname = current_database() and application_name = any($1)',
      [services.map((name) => `trellis-${name}`)],
    );
    if (users.rows.length > 0) {
      const names = users.rows.map((row) => row.application_name.replace('trellis-', ''));
      throw new LaunchError(
        `Still running on this database: ${names.join(', ')}. Stop them first; nothing was removed.`,
      );
    }
    const { host, pathname } = new URL(url);
    if (!isConfirmed) {
      throw new LaunchError(
        `DATABASE_URL is set: this would drop the schemas ${services.join(', ')} with all their data from ${host}${pathname}. To do so: npm run reset -- --yes`,
      );
    }
    for (const name of services) {
      await database.pool.query(`drop schema if exists "${name}" cascade`);
    }
    return `The schemas ${services.join(', ')} are removed from ${host}${pathname}. The next start begins anew.`;
  } finally {
    await database.stop();
  }
}
