import { CommandError } from '../command-error.ts';
import { composeSubgraphs } from '../compose/compose-subgraphs.ts';
import { proposeFixes } from '../fixes/propose-fixes.ts';
import { startMockSubgraph, type MockSubgraph } from '../mock/start-mock-subgraph.ts';
import { createPaint, type Paint } from '../report/paint.ts';
import { problemText } from '../report/write-text.ts';
import { readSubgraph, type SubgraphSchema } from '../supergraph/read-subgraph.ts';
import {
  readSupergraphConfig,
  type SubgraphEntry,
  type SupergraphConfig,
} from '../supergraph/read-supergraph-config.ts';
import { writeFileAtomically } from '../supergraph/write-file-atomically.ts';
import type { Terminal } from '../terminal.ts';
import type { Replacements } from './parse-replacements.ts';

interface DevGraphOptions {
  configFile: string;
  /** Absolute path of the supergraph schema that the gateway watches. */
  output: string;
  replacements: Replacements;
  terminal: Terminal;
}

/** The graph under development: reads, replaces, composes, writes; an error leaves the last good file in place. */
export class DevGraph {
  readonly #options: DevGraphOptions;
  readonly #mocks = new Map<string, MockSubgraph>();
  readonly #paint: Paint;
  #config: SupergraphConfig | undefined;
  #written: string | undefined;
  #lastMessage = '';

  constructor(options: DevGraphOptions) {
    this.#options = options;
    this.#paint = createPaint(options.terminal.colours.err);
  }

  /**
   * Reads everything anew and writes the supergraph schema if it changed.
   * @returns whether there is a graph to serve: this one, or an earlier one
   */
  async recompose(): Promise<boolean> {
    const startedAt = performance.now();
    const { terminal, configFile, output } = this.#options;
    try {
      this.#config = await readSupergraphConfig(configFile, terminal);
      const composition = composeSubgraphs(await this.#readSubgraphs(this.#config));
      if (!composition.isComposed) {
        const problems = proposeFixes(composition).map((problem) =>
          problemText(problem, this.#paint),
        );
        this.#say(`${problems.join('\n')}${this.#verdict()}`);
        return this.#written !== undefined;
      }
      if (composition.supergraphSdl !== this.#written) {
        await writeFileAtomically(output, composition.supergraphSdl);
        this.#written = composition.supergraphSdl;
        const tookMs = Math.round(performance.now() - startedAt);
        this.#say(
          `${this.#paint('green', '✔')} composed ${composition.subgraphs.length} subgraphs in ${tookMs} ms`,
          true,
        );
      } else if (this.#lastMessage !== '')
        this.#say(`${this.#paint('green', '✔')} composes again; nothing changed`, true);
    } catch (error) {
      if (!(error instanceof CommandError)) throw error;
      this.#say(`${this.#paint('red', 'error')} ${error.message}\n${this.#verdict()}`);
    }
    return this.#written !== undefined;
  }

  /** Absolute paths of the files whose change needs a new composition. */
  watchedFiles(config = this.#config): string[] {
    if (!config) return [];
    const schemas = config.subgraphs.flatMap(({ name, source }) =>
      source.kind === 'file' && !this.#options.replacements.use.has(name) ? [source.file] : [],
    );
    return config.file === undefined ? schemas : [config.file, ...schemas];
  }

  /** Stops the mocks. */
  async close(): Promise<void> {
    await Promise.all([...this.#mocks.values()].map((mock) => mock.close()));
  }

  #readSubgraphs(config: SupergraphConfig): Promise<SubgraphSchema[]> {
    return Promise.all(config.subgraphs.map((entry) => this.#readSubgraph(entry, config)));
  }

  async #readSubgraph(entry: SubgraphEntry, config: SupergraphConfig): Promise<SubgraphSchema> {
    const { replacements, terminal } = this.#options;
    const { name } = entry;
    const url = replacements.use.get(name);
    if (url !== undefined) {
      const source = { kind: 'url', url, headers: {} } as const;
      return readSubgraph({ ...entry, routingUrl: url, source }, config, terminal);
    }
    const schema = await readSubgraph(entry, config, terminal);
    if (!replacements.mock.has(name)) return schema;
    return { ...schema, routingUrl: await this.#mock(schema) };
  }

  /** The address of the mock; a schema that is no schema leaves the mock as it was, and composing reports it. */
  async #mock({ name, sdl, routingUrl }: SubgraphSchema): Promise<string> {
    const mock = this.#mocks.get(name);
    try {
      if (mock) mock.replaceSchema(sdl);
      else this.#mocks.set(name, await startMockSubgraph(name, sdl));
    } catch {
      return mock?.url ?? routingUrl;
    }
    return this.#mocks.get(name)?.url ?? routingUrl;
  }

  #verdict(): string {
    return this.#written === undefined
      ? 'waiting for a graph that composes'
      : 'the gateway keeps the last good graph';
  }

  /** Polling finds the same error every time; it is said once. */
  #say(message: string, isGood = false): void {
    if (!isGood && message === this.#lastMessage) return;
    this.#lastMessage = isGood ? '' : message;
    this.#options.terminal.err(`${message}\n`);
  }
}
