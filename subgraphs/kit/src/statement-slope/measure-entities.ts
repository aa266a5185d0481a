import { isCompositeType, isObjectType } from 'graphql';
import { describeKey, type Representation } from './collect-representations.ts';
import type { EntityType } from './entity-keys.ts';
import { makeExampleValues } from './example-value.ts';
import type { Measurement } from './measurement.ts';
import { measureSlope, type StatementSlope } from './slope-of.ts';
import { selectNamed, selectWidely } from './wide-selection.ts';

/** Asks `_entities` for 1, 10 and 50 of each entity type by each of its keys. */
export async function measureEntities(
  measurement: Measurement,
  found: ReadonlyMap<string, ReadonlyMap<string, Representation>>,
): Promise<StatementSlope[]> {
  const slopes: StatementSlope[] = [];
  for (const entity of measurement.facts.entities) {
    for (const key of entity.keys) {
      const name = describeKey(entity, key);
      const all = measurement.options.representations?.[entity.name] ?? [
        ...(found.get(name)?.values() ?? []),
      ];
      if (all.length < 2) {
        measurement.uncovered.push(
          `${name}: ${all.length} found, but 2 or more are needed. Seed more, or give some in \`representations: { ${entity.name}: [...] }\``,
        );
        continue;
      }
      slopes.push(await measureEntity(measurement, entity, { name, all }));
    }
  }
  return slopes;
}

async function measureEntity(
  measurement: Measurement,
  entity: EntityType,
  { name, all }: { readonly name: string; readonly all: readonly Representation[] },
): Promise<StatementSlope> {
  const { schema, sizes } = measurement;
  const type = schema.getType(entity.name);
  if (!isCompositeType(type)) throw new Error(`${entity.name} is no type of the schema`);
  const selection = selectWidely(type, measurement.depth, measurement.selection);
  const skipped = measurement.options.skip ?? {};
  const requiring = entity.requiring.filter((field) => !(`${entity.name}.${field}` in skipped));
  const required = isObjectType(type) ? selectNamed(type, requiring, measurement.selection) : '';
  const query = `query ($representations: [_Any!]!) {
    _entities(representations: $representations) {
      __typename ... on ${entity.name} ${selection} ${required && `... on ${entity.name} ${required}`}
    }
  }`;
  const examples = entity.requires.map((each) => makeExampleValues(schema, entity.name, each));
  const representations = all
    .slice(0, sizes.at(-1))
    .map((each) => Object.assign({}, ...examples, each) as Representation);
  return measureSlope(name, { sizes, total: representations.length }, (start, rows) => {
    const variables = { representations: representations.slice(start, start + rows) };
    return measurement.record(name, { query, variables }, assertFound);
  });

  function assertFound(data: { readonly _entities?: readonly unknown[] }): void {
    const index = data._entities?.findIndex((each) => each === null) ?? 0;
    if (index >= 0) throw new Error(`${name}: a representation of an entity that exists gave null`);
  }
}
