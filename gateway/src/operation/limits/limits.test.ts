import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  buildSchema,
  GraphQLInt,
  GraphQLList,
  GraphQLNonNull,
  parse,
  specifiedRules,
  validate,
  type GraphQLInputType,
} from 'graphql';
import { GatewayError } from '../../errors.ts';
import { operationOptions } from '../options.ts';
import { assertFewValues, type ValueBudget } from './assert-few-values.ts';
import { assertNesting } from './assert-nesting.ts';
import { assertShallow } from './assert-shallow.ts';
import { limitDocument, type DocumentLimits } from './limit-document.ts';
import { measureDefinitions, type Measure } from './measure-definitions.ts';
import { measureOverlap } from './measure-overlap.ts';

const defaults = operationOptions.parse({});

function codeOf(run: () => void): string {
  try {
    run();
  } catch (error) {
    if (error instanceof GatewayError) return error.code;
    throw error;
  }
  return 'accepted';
}

function judge(text: string, limits: Partial<DocumentLimits> = {}): string {
  return codeOf(() => {
    assertNesting(text);
    limitDocument(parse(text, { noLocation: true }), { ...defaults, ...limits });
  });
}

function measureOf(text: string): Measure | undefined {
  return [...measureDefinitions(parse(text)).roots.values()][0];
}

/** Each fragment spreads the next twice under a field: 2^count selections from a few lines. */
function bomb(count: number, name = 'F'): string {
  const fragments = Array.from(
    { length: count },
    (_, at) =>
      `fragment ${name}${at} on Query { a { ...${name}${at + 1} } b: a { ...${name}${at + 1} } }`,
  );
  return `{ ...${name}0 } ${fragments.join(' ')} fragment ${name}${count} on Query { c }`;
}

const nested = (depth: number): string => `${'{ a '.repeat(depth)}${'}'.repeat(depth)}`;
const times = (count: number, make: (at: number) => string): string =>
  Array.from({ length: count }, (_, at) => make(at)).join(' ');

describe('limits', () => {
  test.each([
    ['fields 16 deep', nested(16), 'accepted'],
    ['fields 17 deep', nested(17), 'MAX_DEPTH_LIMIT'],
    [
      'fields 17 deep in an operation called __schema',
      `query __schema ${nested(17)}`,
      'MAX_DEPTH_LIMIT',
    ],
    [
      'introspection 17 deep',
      `{ __schema ${'{ ofType '.repeat(16)}${'}'.repeat(16)} }`,
      'MAX_DEPTH_LIMIT',
    ],
    [
      'a fragment called __schema that is too deep',
      `{ ...__schema } fragment __schema on Query ${nested(17)}`,
      'MAX_DEPTH_LIMIT',
    ],
    [
      'a fragment that is used first shallow and then deep',
      `{ ...F a { a { a { a { a { a { a { a { a { ...F } } } } } } } } } } fragment F on Query ${nested(8)}`,
      'MAX_DEPTH_LIMIT',
    ],
    ['50 aliases', `{ a { ${times(50, (at) => `x${at}: b`)} } }`, 'accepted'],
    ['51 aliases', `{ a { ${times(51, (at) => `x${at}: b`)} } }`, 'MAX_ALIASES_LIMIT'],
    [
      '60 aliases in a fragment that is spread ten times',
      `{ ${times(10, (at) => `f${at} { ...F }`)} } fragment F on Query { ${times(6, (at) => `x${at}: b`)} }`,
      'MAX_ALIASES_LIMIT',
    ],
    ['31 fields at the root', `{ ${times(31, (at) => `f${at}`)} }`, 'MAX_ROOT_FIELDS_LIMIT'],
    [
      '31 fields at the root, in fragments',
      `{ ... { ...F } ${times(16, (at) => `f${at}`)} } fragment F on Query { ${times(15, (at) => `g${at}`)} }`,
      'MAX_ROOT_FIELDS_LIMIT',
    ],
    ['51 directives', `{ a ${times(51, () => '@include(if: true)')} }`, 'MAX_DIRECTIVES_LIMIT'],
    [
      '51 directives on variables',
      `query (${times(51, (at) => `$v${at}: Int @x`)}) { a }`,
      'MAX_DIRECTIVES_LIMIT',
    ],
    ['1,001 different fields', `{ a { ${times(1_001, (at) => `f${at}`)} } }`, 'MAX_HEIGHT_LIMIT'],
    ['300 times one field', `{ a { ${'b '.repeat(300)} } }`, 'accepted'],
    ['500 times one field', `{ a { ${'b '.repeat(500)} } }`, 'MAX_COMPARISONS_LIMIT'],
    [
      'inline fragments 40 x 20',
      `{ a { ${times(40, () => `... { ${'b '.repeat(20)} }`)} } }`,
      'MAX_COMPARISONS_LIMIT',
    ],
    [
      'inline fragments 200 x 20',
      `{ a { ${times(200, () => `... { ${'b '.repeat(20)} }`)} } }`,
      'MAX_COMPARISONS_LIMIT',
    ],
    [
      'inline fragments 200 x 100',
      `{ a { ${times(200, () => `... { ${'b '.repeat(100)} }`)} } }`,
      'MAX_SELECTIONS_LIMIT',
    ],
    [
      'a field 60 times with large arguments',
      `{ ${times(60, () => `a(x: [${'1 '.repeat(60)}])`)} }`,
      'MAX_ROOT_FIELDS_LIMIT',
    ],
    [
      'large arguments below the root',
      `{ q { ${times(60, () => `a(x: [${'1 '.repeat(60)}])`)} } }`,
      'MAX_COMPARISONS_LIMIT',
    ],
    ['a fragment bomb of 2^12', bomb(12), 'MAX_SELECTIONS_LIMIT'],
    ['a fragment bomb of 2^20', bomb(20), 'MAX_SELECTIONS_LIMIT'],
    ['a fragment bomb of 2^1,000', bomb(1_000), 'MAX_SELECTIONS_LIMIT'],
    ['a fragment bomb called like introspection', bomb(30, '__type'), 'MAX_SELECTIONS_LIMIT'],
    [
      'fragments that spread each other in a circle',
      '{ ...A } fragment A on Query { ...B } fragment B on Query { ...A }',
      'GRAPHQL_VALIDATION_FAILED',
    ],
    [
      'a large fragment hidden behind another of its name',
      `{ ...F } fragment F on Query { ${'a '.repeat(4_000)} } fragment F on Query { b }`,
      'GRAPHQL_VALIDATION_FAILED',
    ],
    [
      'a large fragment that nobody spreads',
      `{ a } fragment F on Query { a { ${'b '.repeat(4_000)} } }`,
      'MAX_COMPARISONS_LIMIT',
    ],
    [
      'a large operation that is not the one to run',
      `query A { a } query B { a { ${'b '.repeat(4_000)} } }`,
      'MAX_COMPARISONS_LIMIT',
    ],
    [
      'a chain of 400 fragments',
      `{ ...F0 } ${times(400, (at) => `fragment F${at} on Query { ...F${at + 1} }`)} fragment F400 on Query { a }`,
      'MAX_DEPTH_LIMIT',
    ],
    [
      '251 brackets in a value',
      `{ a(x: ${'['.repeat(251)}${']'.repeat(251)}) }`,
      'MAX_DEPTH_LIMIT',
    ],
    [
      'brackets in strings and comments',
      `{ a(x: "${'{'.repeat(300)}\\"{", y: """${'['.repeat(300)}\\"""{""") # ${'{'.repeat(300)}\n }`,
      'accepted',
    ],
  ])('judge %s', (_what, text, verdict) => {
    expect(judge(text)).toBe(verdict);
  });

  test('accept the introspection that tools send', async () => {
    const { getIntrospectionQuery } = await import('graphql');
    const options = { specifiedByUrl: true, oneOf: true, inputValueDeprecation: true };
    expect(judge(getIntrospectionQuery({ ...options, schemaDescription: true }))).toBe('accepted');
  });
});

describe('measuring', () => {
  test('takes time linear in the document, however much it stands for', () => {
    const bombs = bomb(3_000);
    // A machine that is busy with other things adds to some tries; written out it would take years.
    let bestMs = Infinity;
    for (let tries = 0; tries < 20 && bestMs >= 1_000; tries += 1) {
      const startedAt = performance.now();
      expect(measureOf(bombs)?.selections).toBe(1_000_000_000);
      bestMs = performance.now() - startedAt;
    }
    expect(bestMs).toBeLessThan(1_000);
  });

  const selection = fc.letrec<{ set: string; one: string }>((tie) => ({
    set: fc
      .array(tie('one'), { minLength: 1, maxLength: 4, depthIdentifier: 'd' })
      .map((all) => `{ ${all.join(' ')} }`),
    one: fc.oneof(
      { maxDepth: 4, depthIdentifier: 'd' },
      fc.constantFrom('a', 'b', 'x: a', 'a @skip(if: true)', '...F0', '...F1'),
      tie('set').map((set) => `q ${set}`),
      tie('set').map((set) => `... on Query ${set}`),
    ),
  }));

  test('counts what is there when every fragment stands in its place', () => {
    fc.assert(
      fc.property(selection.set, selection.set, (main, fragment) => {
        const leaf = '{ b y: a }';
        const set = (text: string): string => text.replaceAll('...F1', `... on Query ${leaf}`);
        const first = set(fragment.replaceAll('...F0', 'a'));
        const expanded = set(main.replaceAll('...F0', `... on Query ${first}`));
        const documents = `${main} fragment F0 on Query ${fragment.replaceAll('...F0', 'a')} fragment F1 on Query ${leaf}`;
        expect(measureOf(documents)).toEqual(measureOf(expanded));
      }),
      { numRuns: 300 },
    );
  });

  test('finds at least as many comparisons as validation makes', () => {
    const schema = buildSchema('type Query { q: Query a: Int b: Int }');
    const rule = specifiedRules.filter(({ name }) => name === 'OverlappingFieldsCanBeMergedRule');
    const worst = `{ ${times(60, () => `q { ${times(5, () => 'q { a b }')} }`)} }`;
    const { selectionSet } = [...measureDefinitions(parse(worst)).roots.keys()][0] ?? {};
    if (!selectionSet) throw new Error('there is a selection set');
    const { comparisons } = measureOverlap(selectionSet, new Map());
    expect(validate(schema, parse(worst), rule)).toEqual([]);
    // 60 fields, 300 below them and 300 twice below those: each two of them are compared.
    expect(comparisons).toBeGreaterThan((60 * 59 + 300 * 299 + 2 * 300 * 299) / 2);
  });
});

describe('values', () => {
  const budget = (max = 1_000_000): ValueBudget => ({ max, left: max });

  test('may nest as deep as 250 lists and objects', () => {
    const nest = (depth: number): unknown => JSON.parse(`${'['.repeat(depth)}${']'.repeat(depth)}`);
    expect(codeOf(() => assertShallow({ v: nest(250) }, budget()))).toBe('accepted');
    expect(codeOf(() => assertShallow({ v: nest(251) }, budget()))).toBe('MAX_DEPTH_LIMIT');
    expect(codeOf(() => assertShallow({ v: nest(100_000) }, budget()))).toBe('MAX_DEPTH_LIMIT');
  });

  test('may be as many as their budget: lists and objects count four, plain values nothing', () => {
    const values = { a: [[], {}], b: [1, 2, 3], c: 'x' };
    expect(codeOf(() => assertShallow(values, budget(16)))).toBe('accepted');
    expect(codeOf(() => assertShallow(values, budget(15)))).toBe('MAX_INPUT_VALUES_LIMIT');
  });

  test('of input objects count every field of their types, wherever they stand', () => {
    const inputSchema = buildSchema(`
      type Query { a(x: Wide): Int }
      input Wide { a: Int b: Int c: String wide: Wide list: [[Wide!]] other: Other! = {} }
      input Other { d: Int e: Int wide: Wide }
    `);
    const wide = inputSchema.getType('Wide') as GraphQLInputType;
    const list = new GraphQLList(new GraphQLNonNull(wide));
    const spent = (value: unknown, type: GraphQLInputType): number => {
      const given = budget();
      assertFewValues(value, type, given);
      return given.max - given.left;
    };
    expect(spent({}, wide)).toBe(6);
    expect(spent([{}, {}, null, 7], list)).toBe(12);
    expect(spent({ wide: {} }, list)).toBe(12);
    expect(spent({ list: [[{}], {}, [null, 'x']], other: { wide: {}, odd: {} } }, wide)).toBe(27);
    expect(spent(Array.from({ length: 1_000 }), new GraphQLList(GraphQLInt))).toBe(0);
    const many = Array.from({ length: 1_000 }, () => ({}));
    expect(codeOf(() => assertFewValues(many, list, budget(6_000)))).toBe('accepted');
    expect(codeOf(() => assertFewValues(many, list, budget(5_999)))).toBe('MAX_INPUT_VALUES_LIMIT');
  });
});
