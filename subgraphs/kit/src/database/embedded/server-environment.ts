/** The environment of PostgreSQL's programs: ours without what would steer them elsewhere (`PGDATA`, `PGPORT`, locales). */
export function makeServerEnvironment(env: NodeJS.ProcessEnv = process.env): NodeJS.ProcessEnv {
  const kept = Object.entries(env).filter(([name]) => !/^(PG|LC_|LANG|NODE_)/.test(name));
  return { ...Object.fromEntries(kept), LC_ALL: 'C' };
}
