import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseDocument } from 'yaml';
import { LaunchError } from './launch-error.ts';

/** A subgraph that is started here: it has a folder of its own below subgraphs/. */
export interface LocalSubgraph {
  readonly name: string;
  readonly folder: string;
  /** The port of its routing URL. */
  readonly port: number;
}

interface SubgraphEntry {
  readonly routing_url?: string;
}

/**
 * Reads which services there are to start: those subgraphs of supergraph.yaml that have a folder of their name.
 * @throws LaunchError when the file is missing or no graph
 */
export function readGraph(root: string): readonly LocalSubgraph[] {
  const file = join(root, 'supergraph.yaml');
  if (!existsSync(file))
    throw new LaunchError(`${file} is missing: it names the services to start.`);
  const document = parseDocument(readFileSync(file, 'utf8'), { prettyErrors: true });
  const [problem] = document.errors;
  if (problem) throw new LaunchError(`supergraph.yaml: ${problem.message}`);
  const content = document.toJS() as { subgraphs?: Record<string, SubgraphEntry | null> } | null;
  return Object.entries(content?.subgraphs ?? {}).flatMap(([name, entry]) => {
    const folder = join(root, 'subgraphs', name);
    if (!existsSync(join(folder, 'package.json'))) return [];
    return [{ name, folder, port: readPort(name, entry?.routing_url) }];
  });
}

function readPort(name: string, url: string | undefined): number {
  if (url === undefined || !URL.canParse(url)) {
    throw new LaunchError(
      `supergraph.yaml: subgraphs.${name}.routing_url is no URL: ${String(url)}`,
    );
  }
  const { port, protocol } = new URL(url);
  return port === '' ? (protocol === 'https:' ? 443 : 80) : Number(port);
}
