import { CriticalityLevel, diff } from '@graphql-inspector/core';
import type { GraphQLSchema } from 'graphql';
import type { ApiChange, ChangeLevel } from './api-change.ts';

const levels: Record<string, ChangeLevel> = {
  [CriticalityLevel.Breaking]: 'breaking',
  [CriticalityLevel.Dangerous]: 'dangerous',
  [CriticalityLevel.NonBreaking]: 'safe',
};

/** Differences between two API schemas as @graphql-inspector/core judges them, breaking ones first, then by path. */
export async function compareApi(
  before: GraphQLSchema,
  after: GraphQLSchema,
): Promise<ApiChange[]> {
  const changes = await diff(before, after);
  const order: ChangeLevel[] = ['breaking', 'dangerous', 'safe'];
  return changes
    .map(({ type, message, path, criticality }) => ({
      type: String(type),
      level: levels[criticality.level] ?? 'safe',
      message,
      path: path ?? '',
    }))
    .toSorted(
      (a, b) =>
        order.indexOf(a.level) - order.indexOf(b.level) ||
        (a.path < b.path ? -1 : a.path > b.path ? 1 : a.type < b.type ? -1 : 1),
    );
}
