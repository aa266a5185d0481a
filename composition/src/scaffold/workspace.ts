import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { parseDocument } from 'yaml';
import { CommandError } from '../command-error.ts';
import type { SupergraphConfig } from '../supergraph/read-supergraph-config.ts';

/** The repository a service is added to. */
export interface Workspace {
  /** Absolute path of the folder with supergraph.yaml. */
  root: string;
  supergraphYaml: string;
}

/**
 * Checks that services can be added here: npm workspaces below subgraphs/, and the kit.
 * @throws CommandError saying what is missing
 */
export async function findWorkspace(config: SupergraphConfig): Promise<Workspace> {
  const supergraphYaml = config.file ?? '';
  const root = dirname(supergraphYaml);
  const text = await readFile(join(root, 'package.json'), 'utf8').catch(() => '{}');
  const { workspaces } = JSON.parse(text) as { workspaces?: unknown };
  if (!Array.isArray(workspaces) || !workspaces.includes('subgraphs/*')) {
    throw new CommandError(
      `${root}: services are added to a repository with "workspaces": ["subgraphs/*"] in package.json; this one has none`,
    );
  }
  await readFile(join(root, 'node_modules/@trellis/kit/package.json')).catch(() => {
    throw new CommandError(`${root}: @trellis/kit is not installed; run npm install`);
  });
  return { root, supergraphYaml };
}

/** The next free port above those of the other subgraphs. */
export function nextPort(config: SupergraphConfig): number {
  const ports = config.subgraphs.map(({ routingUrl }) =>
    Number(/:(\d+)/.exec(routingUrl ?? '')?.[1] ?? 0),
  );
  return Math.max(4000, ...ports) + 1;
}

/** supergraph.yaml with one subgraph more; comments stay. */
export function addToSupergraphYaml(text: string, entry: { name: string; port: number }): string {
  const document = parseDocument(text);
  document.setIn(
    ['subgraphs', entry.name],
    document.createNode({
      routing_url: `http://127.0.0.1:${entry.port}/graphql`,
      schema: { file: `./subgraphs/${entry.name}/schema.graphql` },
      dev: { command: `npm start --silent -w @trellis/${entry.name}` },
    }),
  );
  return document.toString({ lineWidth: 0 });
}

/** The root tsconfig.json with one project reference more, behind the other subgraphs. */
export function addToReferences(text: string, name: string): string {
  const config = JSON.parse(text) as { references?: { path: string }[] };
  const references = config.references ?? [];
  const path = `subgraphs/${name}`;
  if (references.some((reference) => reference.path === path)) return text;
  const last = references.findLastIndex((reference) => reference.path.startsWith('subgraphs/'));
  references.splice(last + 1, 0, { path });
  return `${JSON.stringify({ ...config, references }, undefined, 2)}\n`;
}
