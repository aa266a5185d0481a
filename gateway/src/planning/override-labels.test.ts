import { describe, expect, test } from '@jest/globals';
import { Kind, parse, type SelectionNode } from 'graphql';
import { decidePercentLabel, overrideLabels, readLabelTable } from './override-labels.ts';

const sdl = `type Query { a: A }
  type A @join__type(graph: X, key: "id code") {
    id: ID! @join__field(graph: X, overrideLabel: "keys")
    b: Int @join__field(graph: X, override: "y", overrideLabel: "percent(5)")
    c: Int @join__field(graph: X, requires: "d")
    d: Int @join__field(graph: X, override: "y", overrideLabel: "percent(10)")
    e: Int @join__field(graph: X, override: "y", overrideLabel: "other")
  }`;

function selectionsOf(text: string): readonly SelectionNode[] {
  const [operation] = parse(text).definitions;
  return operation?.kind === Kind.OPERATION_DEFINITION ? operation.selectionSet.selections : [];
}

describe('labels of @override', () => {
  test('concern operations that name the field, and fields the planner adds', () => {
    const labels = overrideLabels(readLabelTable(parse(sdl)));
    expect(labels.relevantTo(selectionsOf('{ a { b } }'))).toEqual([
      'keys',
      'percent(10)',
      'percent(5)',
    ]);
    expect(labels.relevantTo(selectionsOf('{ a { ... on A { x: e } } }'))).toEqual([
      'keys',
      'other',
      'percent(10)',
    ]);
  });

  test('concern nobody in a graph without them', () => {
    expect(
      overrideLabels(readLabelTable(parse('type Query { a: Int }'))).relevantTo(
        selectionsOf('{ a }'),
      ),
    ).toEqual([]);
  });

  test.each([
    ['percent(5)', 4.9, true],
    ['percent(5)', 5, false],
    ['percent(0.5)', 0.4, true],
    ['percent(100)', 99.999, true],
    ['percent(0)', 0, false],
    ['percent(101)', 0, undefined],
    ['beta', 0, undefined],
  ])('%s with a roll of %d is %s', (label, roll, expected) => {
    expect(decidePercentLabel(label, roll)).toBe(expected);
  });
});
