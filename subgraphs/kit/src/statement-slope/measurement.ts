import type { GraphQLFormattedError, GraphQLSchema } from 'graphql';
import type { Representation } from './collect-representations.ts';
import type { FederationFacts } from './entity-keys.ts';
import type { StatementRecord, StatementRecorder } from './statement-recorder.ts';
import type { FieldArguments, SelectionOptions } from './wide-selection.ts';

export interface SlopeRequest {
  readonly query: string;
  readonly variables?: Readonly<Record<string, unknown>>;
}

export interface SlopeAnswer {
  readonly data?: unknown;
  readonly errors?: readonly GraphQLFormattedError[] | undefined;
}

export type SlopeAsk = (request: SlopeRequest) => Promise<SlopeAnswer>;

/** What the kit cannot know of a subgraph. */
export interface SlopeOptions {
  /** Arguments by `Type.field`, such as `{ 'Query.search': { text: 'a' } }`. */
  readonly arguments?: FieldArguments;
  /** Keys of an entity type that no list of the subgraph leads to. */
  readonly representations?: Readonly<Record<string, readonly Representation[]>>;
  /** `Type.field` → why it is not asked. */
  readonly skip?: Readonly<Record<string, string>>;
  /** How many steps from row to row a query takes. Default 2. */
  readonly depth?: number;
}

/** One run over one subgraph. */
export interface Measurement {
  readonly schema: GraphQLSchema;
  readonly facts: FederationFacts;
  readonly options: SlopeOptions;
  readonly selection: SelectionOptions;
  readonly sizes: readonly number[];
  readonly depth: number;
  /** What could not be measured, and what to do about it. Grows. */
  readonly uncovered: string[];
  /** @throws Error naming the operation when there is any error in the answer */
  readonly ask: (operation: string, request: SlopeRequest) => Promise<unknown>;
  /** The same, and tells who asked the database what meanwhile. */
  readonly record: (
    operation: string,
    request: SlopeRequest,
    check?: (data: never) => void,
  ) => Promise<StatementRecord>;
}

export interface MeasurementParts {
  readonly schema: GraphQLSchema;
  readonly facts: FederationFacts;
  readonly recorder: StatementRecorder;
  readonly ask: SlopeAsk;
}

const sizes = [1, 10, 50];
const defaultDepth = 2;

export function createMeasurement(
  { schema, facts, recorder, ask }: MeasurementParts,
  options: SlopeOptions,
): Measurement {
  const askStrictly = async (operation: string, request: SlopeRequest): Promise<unknown> => {
    const answer = await ask(request);
    const [error] = answer.errors ?? [];
    if (!error) return answer.data;
    throw new Error(
      `${operation}: ${error.message}${error.path ? ` (at ${error.path.join('.')})` : ''}. Only an answer without errors shows all that it costs: give another \`identity\`, or \`arguments\`, or \`skip\` the field with a reason.\n${request.query}`,
    );
  };
  return {
    schema,
    facts,
    options,
    selection: {
      schema,
      left: new Set([
        ...facts.external,
        ...Object.keys(options.skip ?? {}),
        ...facts.entities.flatMap(({ name, requiring }) =>
          requiring.map((field) => `${name}.${field}`),
        ),
      ]),
      arguments: options.arguments ?? {},
      unknown: new Set(),
    },
    sizes,
    depth: options.depth ?? defaultDepth,
    uncovered: [],
    ask: askStrictly,
    record: (operation, request, check) =>
      recorder.record(async () => {
        const data = await askStrictly(operation, request);
        check?.(data as never);
      }),
  };
}
