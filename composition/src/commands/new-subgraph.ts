import { execFile } from 'node:child_process';
import { access, mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { CommandError } from '../command-error.ts';
import { composeSubgraphs } from '../compose/compose-subgraphs.ts';
import { exitCodes, type ExitCode } from '../exit-codes.ts';
import { proposeFixes } from '../fixes/propose-fixes.ts';
import { createPaint } from '../report/paint.ts';
import { problemText } from '../report/write-text.ts';
import { renderTemplates } from '../scaffold/render-templates.ts';
import { serviceNames, type ServiceNames } from '../scaffold/service-names.ts';
import {
  addToReferences,
  addToSupergraphYaml,
  findWorkspace,
  nextPort,
  type Workspace,
} from '../scaffold/workspace.ts';
import { readSubgraphs } from '../supergraph/read-subgraph.ts';
import {
  readSupergraphConfig,
  type SupergraphConfig,
} from '../supergraph/read-supergraph-config.ts';
import { writeFileAtomically } from '../supergraph/write-file-atomically.ts';
import type { Terminal } from '../terminal.ts';

const run = promisify(execFile);

export interface NewSubgraphOptions {
  config: string;
  type?: string;
  port?: number;
  install: boolean;
}

interface Plan {
  names: ServiceNames;
  port: number;
  files: Map<string, string>;
  workspace: Workspace;
  supergraphSdl: string;
}

/** `trellis subgraph new NAME`. The graph with the new service is composed first: nothing is written unless it does. */
export async function newSubgraph(
  name: string,
  options: NewSubgraphOptions,
  terminal: Terminal,
): Promise<ExitCode> {
  const config = await readSupergraphConfig(options.config, terminal);
  const workspace = await findWorkspace(config);
  const names = serviceNames(name, options.type);
  const port = options.port ?? nextPort(config);
  const folder = join(workspace.root, 'subgraphs', name);
  if (config.subgraphs.some((subgraph) => subgraph.name === name) || (await exists(folder))) {
    throw new CommandError(`there is a subgraph ${name} already`, exitCodes.usage);
  }
  const files = await renderTemplates({ ...names, port: String(port) });
  const composed = await composeWith({ config, names, port, files }, terminal);
  if (composed === undefined) return exitCodes.findings;
  await writeService({ names, port, files, workspace, supergraphSdl: composed });
  terminal.err(
    `wrote subgraphs/${name} (port ${port}), supergraph.yaml, supergraph.graphql, tsconfig.json\n`,
  );
  await finish(names, workspace, { install: options.install, terminal });
  return exitCodes.passed;
}

async function composeWith(
  {
    config,
    names,
    port,
    files,
  }: { config: SupergraphConfig } & Pick<Plan, 'names' | 'port' | 'files'>,
  terminal: Terminal,
): Promise<string | undefined> {
  const added = {
    name: names.name,
    routingUrl: `http://127.0.0.1:${port}/graphql`,
    sdl: files.get('schema.graphql') ?? '',
    origin: `subgraphs/${names.name}/schema.graphql`,
  };
  const composition = composeSubgraphs([...(await readSubgraphs(config, terminal)), added]);
  if (composition.isComposed) return composition.supergraphSdl;
  const paint = createPaint(terminal.colours.err);
  for (const problem of proposeFixes(composition)) terminal.err(`${problemText(problem, paint)}\n`);
  terminal.err(
    `nothing was written: the graph does not compose with ${names.name}; is ${names.Type} taken? Choose another name with --type\n`,
  );
  return undefined;
}

async function writeService({ names, port, files, workspace, supergraphSdl }: Plan): Promise<void> {
  const { root, supergraphYaml } = workspace;
  for (const [path, text] of files) {
    const file = join(root, 'subgraphs', names.name, path);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, text);
  }
  const yaml = addToSupergraphYaml(await readFile(supergraphYaml, 'utf8'), {
    name: names.name,
    port,
  });
  await writeFileAtomically(supergraphYaml, yaml);
  await writeFileAtomically(join(root, 'supergraph.graphql'), supergraphSdl);
  const tsconfig = join(root, 'tsconfig.json');
  await writeFileAtomically(
    tsconfig,
    addToReferences(await readFile(tsconfig, 'utf8'), names.name),
  );
}

/** Generates types, formats, links the workspace and builds; says what to do next. */
async function finish(
  { name, type, types }: ServiceNames,
  { root }: Workspace,
  { install, terminal }: { install: boolean; terminal: Terminal },
): Promise<void> {
  const folder = `subgraphs/${name}`;
  const steps: [string, string[]][] = [
    ...(install
      ? ([['npm', ['install', '--ignore-scripts', '--no-audit', '--no-fund']]] as [
          string,
          string[],
        ][])
      : []),
    ['node', ['scripts/generate-resolver-types.js', folder]],
    [
      'npx',
      [
        '--no-install',
        'prettier',
        '--write',
        '--log-level',
        'warn',
        folder,
        'supergraph.yaml',
        'tsconfig.json',
      ],
    ],
    ...(install ? ([['npx', ['--no-install', 'tsc', '-b', folder]]] as [string, string[]][]) : []),
  ];
  for (const [command, args] of steps) {
    terminal.err(`${command} ${args.join(' ')}\n`);
    try {
      await run(command, args, { cwd: root });
    } catch (error) {
      const { stdout = '', stderr = '' } = error as { stdout?: string; stderr?: string };
      throw new CommandError(
        `${command} ${args.join(' ')} failed: ${(stderr || stdout).trim().split('\n').slice(-5).join('; ')}`,
      );
    }
  }
  terminal.out(`Next:
  npm run jest -- ${folder}
  npm start              and ask: { ${types}(first: 3) { nodes { id name } } }
Who may see ${type} at the gateway: gateway/permissions.ts.
`);
}

function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
