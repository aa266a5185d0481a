import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Letters of a small generator of equal numbers in every run (mulberry32). */
function createRandom(seed) {
  let state = seed;
  return (limit) => {
    state = (state + 0x6d2b79f5) | 0;
    let value = Math.imul(state ^ (state >>> 15), 1 | state);
    value = (value + Math.imul(value ^ (value >>> 7), 61 | value)) ^ value;
    return ((value ^ (value >>> 14)) >>> 0) % limit;
  };
}

/**
 * Writes a synthetic graph: every subgraph owns entities with ten fields, adds fields to entities of its neighbours,
 * and has plain types; operations cross up to five subgraphs.
 * @param {string} folder where supergraph.yaml, schemas and operations are written
 * @param {{ subgraphs: number, types: number, operations: number }} size
 */
export function makeGraph(folder, { subgraphs, types, operations }) {
  const random = createRandom(7);
  const perSubgraph = Math.floor(types / subgraphs);
  const entities = Math.floor(perSubgraph / 2);
  mkdirSync(join(folder, 'operations'), { recursive: true });
  const yaml = ['subgraphs:'];
  for (let index = 0; index < subgraphs; index += 1) {
    writeFileSync(
      join(folder, `s${index}.graphql`),
      subgraphSdl(index, { subgraphs, entities, perSubgraph }),
    );
    yaml.push(
      `  s${index}:`,
      `    routing_url: http://s${index}.example/graphql`,
      `    schema: { file: ./s${index}.graphql }`,
    );
  }
  writeFileSync(join(folder, 'supergraph.yaml'), `${yaml.join('\n')}\n`);
  for (let index = 0; index < operations; index += 1) {
    const text = operation(index, { random, subgraphs, entities });
    writeFileSync(join(folder, 'operations', `o${index}.graphql`), text);
  }
}

function subgraphSdl(index, { subgraphs, entities, perSubgraph }) {
  const lines = [
    'extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key", "@shareable"])',
    'type Query {',
  ];
  for (let entity = 0; entity < entities; entity += 1)
    lines.push(`  e${index}x${entity}(id: ID!): E${index}x${entity}`);
  lines.push('}');
  const next = (index + 1) % subgraphs;
  for (let entity = 0; entity < entities; entity += 1) {
    const name = `E${index}x${entity}`;
    lines.push(`type ${name} @key(fields: "id") {`, '  id: ID!');
    for (let field = 0; field < 8; field += 1)
      lines.push(`  f${field}: ${['String', 'Int', 'Boolean'][field % 3]}`);
    lines.push(`  detail: T${index}x${entity}`, `  next: E${next}x${entity}`, '}');
    // The neighbour's entity gets a field here, and the way to it.
    lines.push(
      `type E${next}x${entity} @key(fields: "id") {`,
      '  id: ID!',
      `  from${index}: String`,
      '}',
    );
  }
  for (let plain = 0; plain < perSubgraph - entities; plain += 1) {
    lines.push(
      `type T${index}x${plain} {`,
      '  a: String',
      '  b: Int',
      '  c(first: Int = 10): [String!]',
      '}',
    );
  }
  return `${lines.join('\n')}\n`;
}

function operation(number, { random, subgraphs, entities }) {
  const start = random(subgraphs);
  const entity = random(entities);
  const depth = 1 + random(5);
  let inner = 'f0 f1 f2';
  for (let step = depth; step > 0; step -= 1) {
    const owner = (start + step - 1 + subgraphs) % subgraphs;
    inner = `f0 f${random(8)} detail { a b } next { id from${owner} ${inner} }`;
  }
  return `query O${number}($id: ID!) {\n  e${start}x${entity}(id: $id) { id ${inner} }\n}\n`;
}
