import { validate, type GraphQLSchema } from 'graphql';
import type { KnownOperation } from '../operations/known-operation.ts';
import type { Problem } from '../report/problem.ts';

/**
 * Operations that fit the API before and no longer do: the safety net below the judgement change by change, for
 * what only validation sees, such as an argument that became required and is not sent.
 * @param explained operations that a reported change names already
 */
export function findBrokenOperations(
  operations: KnownOperation[],
  { before, after }: { before: GraphQLSchema; after: GraphQLSchema },
  explained: ReadonlySet<KnownOperation>,
): Problem[] {
  return operations.flatMap((operation) => {
    if (explained.has(operation)) return [];
    const [error] = validate(after, operation.document);
    if (!error || validate(before, operation.document).length > 0) return [];
    const { name, origin, line } = operation;
    const excerpt = operation.text.split('\n')[0] ?? '';
    return [
      {
        code: 'OPERATION_BROKEN',
        severity: 'error' as const,
        message: `Operation ${name} no longer fits the API: ${error.message}`,
        subgraphs: [],
        places: [{ origin, line, column: 1, endLine: line, excerpt }],
        coordinate: name,
      },
    ];
  });
}
