import { buildSubgraphSchema } from '@apollo/subgraph';
import type { Engine } from '@trellis/gateway/engine';
import { makeSnapshot } from '@trellis/gateway/snapshot';
import { createTrellisEngine } from '@trellis/gateway/trellis-engine';
import {
  execute,
  GraphQLInterfaceType,
  GraphQLObjectType,
  parse,
  type GraphQLFieldResolver,
  type GraphQLSchema,
} from 'graphql';
import {
  askEngine,
  coerceVariables,
  composeSubgraphs,
  createSubgraphFetch,
} from '../ask-federated.ts';
import type { Mode } from '../federated-graph.ts';
import type { CutSubgraph } from '../make-subgraphs.ts';
import type { Operation } from '../operation-spec.ts';
import { readOutcome, type Outcome, type Result } from '../outcome.ts';
import { findByKey } from './find-by-key.ts';
import { sketchSubgraph, type SubgraphSketch } from './sketch.ts';
import { WrittenTypes } from './written-types.ts';
import { WrittenValues, type Complain, type WrittenObject } from './written-values.ts';

/** A subgraph as somebody wrote it. */
export interface WrittenSubgraph {
  readonly name: string;
  readonly sdl: string;
}

interface Journal {
  readonly entries: string[];
}

/** A graph whose subgraphs were written by hand; its values are made up, and the same for all. */
export class WrittenGraph {
  readonly monolith: GraphQLSchema;
  readonly subgraphs: readonly CutSubgraph[];
  readonly engine: Engine;
  readonly readsNeighbours = true;
  readonly #values: WrittenValues;
  readonly #problems: string[] = [];
  readonly #mayComplain: boolean;

  constructor(written: readonly WrittenSubgraph[], { seed, mode }: { seed: number; mode: Mode }) {
    const sketches = written.map(({ name, sdl }) => sketchSubgraph(name, sdl));
    this.#values = new WrittenValues(new WrittenTypes(sketches), seed);
    // What a path provides need not be told.
    this.#mayComplain = !written.some(({ sdl }) => sdl.includes('@provides'));
    this.subgraphs = written.map((each, at) => {
      const sketch = sketches[at];
      if (!sketch) throw new Error(`no sketch of ${each.name}`);
      return { ...each, schema: this.#makeSubgraph(each, sketch) };
    });
    const sdl = composeSubgraphs(this.subgraphs);
    this.monolith = makeSnapshot(sdl).apiSchema;
    this.engine = createTrellisEngine({
      sdl,
      apiSchema: this.monolith,
      options: {
        batchEntities: mode.batchEntities,
        mergeFetches: mode.mergeFetches,
        planning: { workerThreshold: Infinity },
        overrideLabel: (_label, { id }) => Number(id) % 2 === 0,
      },
    });
  }

  /** What graphql-js answers from the whole graph. */
  async askMonolith({ text, variables }: Operation): Promise<Outcome> {
    const journal: Journal = { entries: [] };
    const result = await execute({
      schema: this.monolith,
      document: parse(text),
      variableValues: variables,
      contextValue: journal,
      rootValue: rootOf('Query'),
      fieldResolver: (object: WrittenObject, given: Record<string, unknown>, _context, info) => {
        const source =
          info.parentType === this.monolith.getMutationType() ? rootOf('Mutation') : object;
        if (source.type === 'Mutation') note(journal, info.fieldName, given);
        return this.#values.whole(source, info.fieldName, given);
      },
    });
    return withJournal(JSON.parse(JSON.stringify(result)) as Result, journal);
  }

  /**
   * What the engine answers from the parts.
   * @param failing the number of the subgraph request that finds nobody; -1 for none
   * @throws Error when a subgraph would refuse what it is asked, or is not told what it must be
   */
  async askEngine(operation: Operation, failing = -1): Promise<Outcome> {
    const journal: Journal = { entries: [] };
    let invalid: Error | undefined;
    const fetch = createSubgraphFetch(this.subgraphs, {
      journal,
      failing,
      onInvalid: (problem) => (invalid ??= problem),
    });
    this.#problems.length = 0;
    const body = await askEngine(this.engine, coerceVariables(this.monolith, operation), fetch);
    if (invalid) throw invalid;
    const [problem] = this.#problems;
    if (problem !== undefined && this.#mayComplain) throw new Error(problem);
    return withJournal(JSON.parse(body) as Result, journal);
  }

  async close(): Promise<void> {
    await this.engine.close?.();
  }

  #makeSubgraph({ sdl }: WrittenSubgraph, sketch: SubgraphSketch): GraphQLSchema {
    const schema = buildSubgraphSchema({ typeDefs: parse(sdl) });
    const complain: Complain = (problem) => this.#problems.push(problem);
    const localize = (value: unknown): unknown => {
      if (Array.isArray(value)) return value.map(localize);
      if (typeof value !== 'object' || value === null || !('type' in value)) return value;
      const object = value as WrittenObject;
      return {
        ...object,
        __typename: this.#values.types.localName(sketch, object.type) ?? object.type,
      };
    };
    const resolve: GraphQLFieldResolver<WrittenObject, Journal> = (
      object,
      given,
      journal,
      info,
    ) => {
      const root =
        info.parentType === schema.getQueryType()
          ? 'Query'
          : info.parentType === schema.getMutationType() && 'Mutation';
      if (root === 'Mutation') note(journal, info.fieldName, given);
      const source = root ? rootOf(root) : object;
      const isTold = sketch.types
        .get(root || info.parentType.name)
        ?.fields.get(info.fieldName)?.requires;
      const { fieldName } = info;
      return localize(
        isTold
          ? this.#values.told(source, fieldName, given, complain)
          : this.#values.untold(source, fieldName, given),
      );
    };
    for (const type of Object.values(schema.getTypeMap())) {
      const isObject = type instanceof GraphQLObjectType;
      if (!isObject && !(type instanceof GraphQLInterfaceType)) continue;
      if (type.name.startsWith('__')) continue;
      if (isObject) for (const field of Object.values(type.getFields())) field.resolve ??= resolve;
      const keys = sketch.types.get(type.name)?.keys ?? [];
      if (keys.length === 0) continue;
      const find = (reference: Readonly<Record<string, unknown>>): unknown =>
        localize(findByKey(this.#values, { name: type.name, keys }, reference));
      type.extensions = { ...type.extensions, apollo: { subgraph: { resolveReference: find } } };
    }
    return schema;
  }
}

function rootOf(type: 'Query' | 'Mutation'): WrittenObject {
  return { __typename: type, type, id: '', parent: undefined };
}

function note({ entries }: Journal, name: string, given: object): void {
  entries.push(`${name} ${JSON.stringify(given)}`);
}

/** The order of mutations is part of what comes out. */
function withJournal(result: Result, { entries }: Journal): Outcome {
  const outcome = readOutcome(result);
  if (outcome.data === null || entries.length === 0) return outcome;
  return { ...outcome, data: { ...outcome.data, 'journal of mutations': entries } };
}
