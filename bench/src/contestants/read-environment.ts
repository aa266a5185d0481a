/** What every contestant of ours is told when it is started. */
export interface ContestantEnvironment {
  readonly port: number;
  readonly subgraphsPort: number;
  readonly supergraphFile: string;
  /** The request header to pass on to subgraphs, if any. */
  readonly propagatedHeader: string | undefined;
}

export function readEnvironment(): ContestantEnvironment {
  return {
    port: Number(required('PORT')),
    subgraphsPort: Number(required('SUBGRAPHS_PORT')),
    supergraphFile: required('SUPERGRAPH_FILE'),
    propagatedHeader: process.env['PROPAGATED_HEADER'] || undefined,
  };
}

function required(name: string): string {
  const value = process.env[name];
  if (value === undefined) throw new Error(`Set ${name}: this file is started by the benchmark.`);
  return value;
}
