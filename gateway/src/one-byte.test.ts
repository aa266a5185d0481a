import { serialize } from 'node:v8';
import { describe, expect, test } from '@jest/globals';
import { createLocalGraph } from './execution/testing/local-graph.ts';
import { knowNames, oneByte } from './one-byte.ts';
import { atOnce } from './turns.ts';

/** Whether V8 keeps a string in one byte per character: its own format tells. */
function isOneByte(text: string): boolean {
  return serialize(text)[2] === 0x22;
}

/** Names nobody else uses: what is known stays known for the whole process. */
const sdl =
  'type OneByteThing { colourOfThing: Int "A dash — as in many a description" size: Int }';

function cut(name: string): string {
  const at = sdl.indexOf(name);
  return sdl.slice(at, at + name.length);
}

describe('oneByte', () => {
  test('makes a name cut out of a text with wide characters narrow', () => {
    const name = cut('colourOfThing');
    expect(isOneByte(name)).toBe(false);
    expect(oneByte(name)).toBe(name);
    expect(isOneByte(oneByte(name))).toBe(true);
  });

  test('leaves text as it is that needs more', () => {
    for (const text of ['–', 'naïve', '😀']) expect(oneByte(text)).toBe(text);
  });
});

describe('knowNames', () => {
  test('lets property keys be narrow wherever they are cut from later', () => {
    const names = atOnce(knowNames(sdl));
    const [key] = Object.keys({ [cut('OneByteThing')]: 1 });
    expect(isOneByte(key ?? '')).toBe(true);
    expect(names).toHaveProperty('OneByteThing');
  });
});

describe('the engine', () => {
  test('sends and answers narrow text although the supergraph has wide characters', async () => {
    const graph = createLocalGraph({
      things: {
        sdl: `type Query { "All — and only these" narrowThings: [NarrowThing!] }
          "What things are — if any" type NarrowThing @key(fields: "narrowId") { narrowId: ID! narrowName: String }`,
        resolvers: { Query: { narrowThings: () => [{ narrowId: '1', narrowName: 'x' }] } },
      },
    });
    const text = await graph.runText('{ narrowThings { narrowName alias: narrowId } }');
    expect(text).toBe('{"data":{"narrowThings":[{"narrowName":"x","alias":"1"}]}}');
    expect(isOneByte(text)).toBe(true);
    expect(graph.requests.map(({ body }) => isOneByte(body))).toEqual([true]);
  });
});
