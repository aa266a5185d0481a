import { existsSync, readFileSync, unwatchFile, watchFile, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { LaunchError } from './launch-error.ts';

/** The supergraph that the gateway of this start reads. */
export interface PlacedSupergraph {
  readonly file: string;
  /** Ends looking at the original. */
  close(): void;
}

export interface SupergraphRequest {
  readonly root: string;
  readonly home: string;
  /** Port of each service that is started here. */
  readonly ports: ReadonlyMap<string, { readonly composed: number; readonly actual: number }>;
}

/**
 * Finds supergraph.graphql. Where services listen elsewhere than it says, the gateway gets a copy with their ports,
 * written anew whenever the original changes.
 * @throws LaunchError when it has not been composed
 */
export function placeSupergraph({ root, home, ports }: SupergraphRequest): PlacedSupergraph {
  const original = join(root, 'supergraph.graphql');
  if (!existsSync(original)) {
    throw new LaunchError(
      'supergraph.graphql is missing. Compose it with: npx trellis supergraph compose --output supergraph.graphql',
    );
  }
  const moved = [...ports].filter(([, { composed, actual }]) => composed !== actual);
  if (moved.length === 0) return { file: original, close: () => {} };
  const copy = join(home, 'supergraph.graphql');
  const write = (): void => {
    const ports = new Map(moved.map(([name, { actual }]) => [name, actual]));
    writeFileSync(copy, movePorts(readFileSync(original, 'utf8'), ports));
  };
  write();
  watchFile(original, { interval: 1_000, persistent: false }, () => {
    if (existsSync(original)) write();
  });
  return { file: copy, close: () => unwatchFile(original) };
}

/** Changes the port in the URL of each named subgraph: `@join__graph(name: "orders", url: "http://…:4004/graphql")`. */
export function movePorts(sdl: string, ports: ReadonlyMap<string, number>): string {
  return sdl.replace(
    /(?<=@join__graph\(name: "([^"]*)", url: ")[^"]*/g,
    (url: string, name: string) => {
      const port = ports.get(name);
      if (port === undefined || !URL.canParse(url)) return url;
      const moved = new URL(url);
      moved.port = String(port);
      return moved.href;
    },
  );
}
