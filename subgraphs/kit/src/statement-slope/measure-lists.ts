import { getNamedType, type GraphQLField } from 'graphql';
import type { Measurement } from './measurement.ts';
import { measureSlope, slopeOfFixedList, type StatementSlope } from './slope-of.ts';
import { isConnection, isList, selectWidely, writeArguments } from './wide-selection.ts';

type RootField = GraphQLField<unknown, unknown>;

/** All fields of Query that give many rows. */
export function listFields({ schema, selection }: Measurement): RootField[] {
  return Object.values(schema.getQueryType()?.getFields() ?? {}).filter(
    (field) =>
      !field.name.startsWith('_') &&
      !selection.left.has(`${schema.getQueryType()?.name}.${field.name}`) &&
      (isList(field.type) || isConnection(getNamedType(field.type))),
  );
}

/** Writes the query for some rows of a list; undefined when it needs an argument that nobody gave. */
export function writeListQuery(
  measurement: Measurement,
  field: RootField,
  page: Readonly<Record<string, unknown>>,
): string | undefined {
  const { schema, selection, depth } = measurement;
  const given = writeArguments(
    `${schema.getQueryType()?.name}.${field.name}`,
    field,
    selection,
    page,
  );
  if (given === undefined) return undefined;
  return `{ ${field.name}${given} ${selectWidely(getNamedType(field.type), depth, selection)} }`;
}

/** Asks each list for 1, 10 and 50 rows. */
export async function measureLists(measurement: Measurement): Promise<StatementSlope[]> {
  const slopes: StatementSlope[] = [];
  for (const field of listFields(measurement)) {
    const isPaged = isConnection(getNamedType(field.type)) && hasArguments(field, 'first', 'after');
    const slope = isPaged
      ? await measureConnection(measurement, field)
      : await measureList(measurement, field);
    if (slope) slopes.push(slope);
  }
  return slopes;
}

function hasArguments(field: RootField, ...names: readonly string[]): boolean {
  return names.every((name) => field.args.some((argument) => argument.name === name));
}

async function measureConnection(
  measurement: Measurement,
  field: RootField,
): Promise<StatementSlope | undefined> {
  const name = `Query.${field.name}`;
  const cursors = await readCursors(measurement, field);
  if (!cursors) return undefined;
  if (cursors.length < 2) {
    measurement.uncovered.push(
      `${name}: ${cursors.length} rows, but 2 or more are needed. Seed more`,
    );
    return undefined;
  }
  const { sizes } = measurement;
  return measureSlope(name, { sizes, total: cursors.length }, (start, rows) => {
    const after = start === 0 ? {} : { after: cursors[start - 1] };
    const query = writeListQuery(measurement, field, { first: rows, ...after });
    return measurement.record(name, { query: query ?? '' });
  });
}

async function readCursors(
  measurement: Measurement,
  field: RootField,
): Promise<readonly string[] | undefined> {
  const given = writeArguments(`Query.${field.name}`, field, measurement.selection, {
    first: measurement.sizes.at(-1),
  });
  if (given === undefined) return undefined;
  const data = await measurement.ask(`Query.${field.name}`, {
    query: `{ list: ${field.name}${given} { edges { cursor } } }`,
  });
  const { list } = data as { list: { edges: readonly { cursor: string }[] } };
  return list.edges.map((edge) => edge.cursor);
}

async function measureList(
  measurement: Measurement,
  field: RootField,
): Promise<StatementSlope | undefined> {
  const query = writeListQuery(measurement, field, {});
  if (query === undefined) return undefined;
  const name = `Query.${field.name}`;
  return slopeOfFixedList(name, await measurement.record(name, { query }));
}
