import type { CoercedVariables } from '../execution/engine.ts';
import type { PreparedOperation } from '../operation/prepared-operation.ts';
import type { PermittedOperation, RequestContext } from '../request.ts';
import type { Snapshot } from '../supergraph/snapshot.ts';

/** One operation of one caller, about which is to be decided. */
export interface AuthorizeInput {
  readonly prepared: PreparedOperation;
  readonly variables: CoercedVariables;
  readonly context: RequestContext;
  readonly snapshot: Snapshot;
}

/** Decides what of an operation its caller may have planned, and what is judged later. */
export type Authorize = (input: AuthorizeInput) => PermittedOperation | Promise<PermittedOperation>;
