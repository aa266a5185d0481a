import type { HintedCaching } from '../cache-policy.ts';
import type { DocumentNode, OperationDefinitionNode } from 'graphql';

/** A parsed, validated and normalised operation. One per text, operation name and snapshot; shared by all its requests. */
export interface PreparedOperation {
  /** SHA-256 of document and operation name, hex. */
  readonly hash: string;
  readonly text?: string;
  readonly document: DocumentNode;
  readonly operation: OperationDefinitionNode;
  readonly name: string | undefined;
  readonly kind: 'query' | 'mutation' | 'subscription';
  /** What running it costs (operation/cost). Absent where nobody counts. */
  readonly cost?: OperationCost;
  /** What the supergraph's hints say of caching its answers (operation/caching). Absent where it has none. */
  readonly caching?: OperationCaching;
}

/** What hints let caches do with an answer, as a function of the variables. */
export type OperationCaching = (variables: Readonly<Record<string, unknown>>) => HintedCaching;

/** The cost of an operation as a function of its variables, by the IBM cost specification. Never below 0, never infinite. */
export interface OperationCost {
  /** At most, before it runs. @throws GatewayError BAD_USER_INPUT when a list that must be sliced is not */
  estimate(variables: Readonly<Record<string, unknown>>): number;
  /** What its answer has cost. @param data `data` of the answer, parsed */
  actual(variables: Readonly<Record<string, unknown>>, data: unknown): number;
}
