import { createHash } from 'node:crypto';
import type { GraphQLSchema } from 'graphql';
import { LRUCache } from 'lru-cache';
import type { Judge } from './judge.ts';
import type { RuleTable } from './rule-table.ts';
import { createSchemaView } from './schema-view.ts';

/** Schemas as callers see them, of one supergraph. */
export interface RoleViews {
  /** The schema without what a caller's static rules deny. Undefined when that is nothing. */
  viewFor(judge: Judge): Promise<GraphQLSchema | undefined>;
}

/** A view of a large schema takes some megabytes; callers with equal permissions share one. */
const maxViews = 32;

/** Creates the views of one supergraph. Nothing is made before somebody asks. */
export function createRoleViews(schema: GraphQLSchema, table: RuleTable): RoleViews {
  const makeView = createSchemaView(schema);
  const views = new LRUCache<string, GraphQLSchema>({ max: maxViews });
  return {
    async viewFor(judge) {
      const hidden: string[] = [];
      await Promise.all(
        [...table].map(async ([coordinate, { evaluate }]) => {
          const verdict = await judge.decideEarly(evaluate);
          if (verdict !== true && verdict !== undefined) hidden.push(coordinate);
        }),
      );
      if (hidden.length === 0) return undefined;
      const key = createHash('sha256').update(hidden.sort().join(' ')).digest('base64');
      let view = views.get(key);
      if (!view) views.set(key, (view = makeView(new Set(hidden))));
      return view;
    },
  };
}
