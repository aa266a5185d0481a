import type { Identity } from '@trellis/platform/identity';
import type { DocumentNode, GraphQLSchema } from 'graphql';
import type { RequestScope } from './request-scope.ts';
import { readTypeDefs } from './schema.ts';
import {
  collectRepresentations,
  type Representations,
} from './statement-slope/collect-representations.ts';
import { readFederationFacts } from './statement-slope/entity-keys.ts';
import { measureEntities } from './statement-slope/measure-entities.ts';
import { listFields, measureLists, writeListQuery } from './statement-slope/measure-lists.ts';
import {
  createMeasurement,
  type Measurement,
  type SlopeAsk,
  type SlopeOptions,
  type SlopeRequest,
} from './statement-slope/measurement.ts';
import type { Offender, StatementSlope } from './statement-slope/slope-of.ts';
import { StatementRecorder } from './statement-slope/statement-recorder.ts';
import type { Subgraph } from './subgraph.ts';
import { startTestSubgraph } from './testing.ts';

export type { SlopeOptions } from './statement-slope/measurement.ts';
export type { Offender, StatementSlope } from './statement-slope/slope-of.ts';

/** A resolver asks the database more often for more rows, or something could not be measured. */
export class StatementSlopeError extends Error {
  override readonly name = 'StatementSlopeError';
}

/** Sees everything, so that nothing is left out for want of a permission. */
const everyRole: Identity = {
  kind: 'user',
  subject: 'statement-slope',
  roles: ['ADMIN', 'SUPPORT', 'WAREHOUSE'],
  scopes: [],
  attributes: {},
};

/**
 * Proves that a service asks its database as often for 50 rows as for 1, whatever a query selects: starts it on a
 * database of its own with its first data, sends `_entities` for each entity type and key, and each list of Query, with
 * 1, 10 and 50 rows and everything selected that can be reached, and counts statements.
 * One line in any test runner: `test('asks once for many rows', () => expectConstantStatements(orders));`
 * @throws StatementSlopeError naming the resolver (`Type.field`) that asks more often for more rows
 */
export async function expectConstantStatements<Tables, Context extends RequestScope>(
  subgraph: Subgraph<Tables, Context>,
  options: SlopeOptions & { readonly identity?: Identity } = {},
): Promise<readonly StatementSlope[]> {
  const recorder = new StatementRecorder();
  const running = await startTestSubgraph(subgraph, {
    identity: options.identity ?? everyRole,
    finishSchema: (schema) => recorder.observe(schema),
  });
  try {
    const typeDefs = readTypeDefs(new URL('schema.graphql', subgraph.folder));
    const parts = {
      schema: running.schema,
      typeDefs,
      recorder,
      ask: (asked: SlopeRequest) => running.ask(asked),
    };
    return await expectConstantStatementsOf(subgraph.name, parts, options);
  } finally {
    await running.stop();
  }
}

/** A subgraph that already runs in this process. */
export interface ObservedSubgraph {
  /** Observed by the recorder: `serveSubgraph({ …, finishSchema: (schema) => recorder.observe(schema) })`. */
  readonly schema: GraphQLSchema;
  readonly typeDefs: DocumentNode;
  /** Hears of statements on the diagnostics channel `trellis:database:statement`: see docs/bring-your-own-subgraph.md. */
  readonly recorder: StatementRecorder;
  readonly ask: SlopeAsk;
}

export function createStatementRecorder(): StatementRecorder {
  return new StatementRecorder();
}

/**
 * The same for a subgraph that is served in another way, or keeps its data in another database.
 * @throws StatementSlopeError as expectConstantStatements does
 */
export async function expectConstantStatementsOf(
  name: string,
  { schema, typeDefs, recorder, ask }: ObservedSubgraph,
  options: SlopeOptions = {},
): Promise<readonly StatementSlope[]> {
  const facts = readFederationFacts(typeDefs);
  const measurement = createMeasurement({ schema, facts, recorder, ask }, options);
  const found = await findRepresentations(measurement);
  const slopes = [
    ...(await measureEntities(measurement, found)),
    ...(await measureLists(measurement)),
  ];
  const problems = [
    ...new Set(slopes.flatMap(({ offenders }) => offenders).map(describeOffender)),
    ...[...measurement.selection.unknown].map(
      (field) =>
        `${field} was not asked, because its value is unknown. Give it in \`arguments\`, or \`skip\` the field with a reason`,
    ),
    ...measurement.uncovered,
    ...(slopes.length === 0 ? ['Nothing was measured: there is no entity and no list'] : []),
  ];
  if (problems.length === 0) return slopes;
  throw new StatementSlopeError(`${name}:\n- ${problems.join('\n- ')}`);
}

async function findRepresentations(measurement: Measurement): Promise<Representations> {
  const { schema, facts, sizes } = measurement;
  const found: Representations = new Map();
  for (const field of listFields(measurement)) {
    const isPaged = field.args.some((argument) => argument.name === 'first');
    const query = writeListQuery(measurement, field, isPaged ? { first: sizes.at(-1) } : {});
    if (query === undefined) continue;
    const data = await measurement.ask(`Query.${field.name}`, { query });
    collectRepresentations(data, schema, { entities: facts.entities, found });
  }
  return found;
}

function describeOffender({ resolver, path, statements, sql }: Offender): string {
  const counts = [...statements].map(([rows, count]) => `${count} for ${rows}`).join(', ');
  return `${resolver} (at ${path}) asks the database once more for each row: statements for rows: ${counts}. Read through a loader of the request (load-by, load-connection). It sent: ${sql.replace(/\s+/g, ' ').slice(0, 200)}`;
}
