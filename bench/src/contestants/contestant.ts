import type { Workload } from '../workloads.ts';

/** One gateway of the comparison: how to start it as one process. */
export interface Contestant {
  readonly name: string;
  readonly title: string;
  /** Limits are rulers, not rivals; they are drawn apart. */
  readonly role: 'ours' | 'peer' | 'limit';
  /** Where it answers GraphQL. */
  readonly path: string;
  readonly command: (setting: Setting) => Command;
}

/** What a contestant is started for. */
export interface Setting {
  readonly port: number;
  readonly subgraphsPort: number;
  /** A supergraph whose routing URLs name the subgraphs of this run. */
  readonly supergraphFile: string;
  /** A folder for files the contestant needs, gone after the run. */
  readonly temporaryFolder: string;
  readonly workload: Workload;
}

export interface Command {
  /** What Node runs. */
  readonly script: string;
  readonly arguments: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
}
