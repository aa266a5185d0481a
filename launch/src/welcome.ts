import { relative } from 'node:path';
import { sampleQuery } from './sample-query.ts';

export interface StartedFacts {
  /** The gateway's address, without a path. */
  readonly url: string;
  readonly home: string;
  readonly seconds: number;
  readonly usesFreePorts: boolean;
  readonly isProduction: boolean;
}

/** What is shown when everything is ready: every address, and a query to try. */
export function welcome({ url, home, seconds, usesFreePorts, isProduction }: StartedFacts): string {
  const pages = [
    `  GraphiQL   ${url}/graphiql`,
    `  Plans      ${url}/plan  (how an operation is fetched)`,
    `  Sandbox    ${url}/  (needs the internet)`,
  ];
  const freePorts = [
    '',
    'These ports were free and will be others next time; PORT=4100 npm start keeps one. A token for this gateway:',
    '',
    `  npm run -s token -- USERNAME --url ${url}/graphql`,
  ];
  return `
Ready in ${seconds.toFixed(1)} s.

${[
  `  GraphQL    ${url}/graphql`,
  ...(isProduction ? [] : pages),
  `  Logs       ${relative(process.cwd(), home) || home}/logs`,
  ...(usesFreePorts ? freePorts : []),
].join('\n')}

Try:

  curl ${url}/graphql -H 'content-type: application/json' \\
    -d '{"query":"${sampleQuery}"}'

Ctrl-C stops everything.`;
}
