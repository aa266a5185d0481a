import type { Deadline } from '@trellis/platform/deadline';
import type { Identity } from '@trellis/platform/identity';
import type { TraceContext } from '@trellis/platform/trace-context';
import type { DocumentNode, GraphQLFormattedError, OperationDefinitionNode } from 'graphql';

/** Header names in lower case; several values of one name are joined as in RFC 9110 §5.3. */
export type IncomingHeaders = Readonly<Record<string, string | undefined>>;

/** One operation as the client sent it: checked for its JSON types, not yet for its meaning. */
export interface IncomingOperation {
  readonly query: string | undefined;
  readonly operationName: string | undefined;
  readonly variables: Readonly<Record<string, unknown>> | undefined;
  readonly extensions: Readonly<Record<string, unknown>> | undefined;
  readonly method: 'GET' | 'POST';
  readonly headers: IncomingHeaders;
  /** Aborts when the client has left. */
  readonly signal: AbortSignal;
  readonly deadline: Deadline;
}

/** What every step may know of the request it works for. */
export interface RequestContext {
  /** Travels to every subgraph and stands in every log line and masked error. */
  readonly id: string;
  readonly identity: Identity;
  readonly headers: IncomingHeaders;
  readonly signal: AbortSignal;
  readonly deadline: Deadline;
  readonly trace: TraceContext;
}

/** A parsed, validated and normalised operation. One per text, operation name and snapshot; shared by all its requests. */
export interface PreparedOperation {
  /** SHA-256 of document and operation name, hex. */
  readonly hash: string;
  readonly document: DocumentNode;
  readonly operation: OperationDefinitionNode;
  readonly name: string | undefined;
  readonly kind: 'query' | 'mutation' | 'subscription';
}

/** An operation after authorization: what may be planned, and the errors for what was taken out. */
export interface PermittedOperation {
  readonly prepared: PreparedOperation;
  /** Response paths taken out, canonical and sorted: with the operation's hash, the key of the plan. Empty for most. */
  readonly removed: readonly string[];
  readonly errors: readonly GraphQLFormattedError[];
}

/** A finished answer: the body is complete JSON text with only `data`, `errors` and `extensions`. */
export interface Answer {
  readonly body: string;
  readonly errorCount: number;
}
