import { randomBytes } from 'node:crypto';
import { SubgraphError, type GatewayErrorCode } from '../errors.ts';

/** Who is at fault, which is what decides whether a circuit breaker counts the failure. */
export type Blame =
  /** The subgraph, or the way to it. */
  | 'subgraph'
  /** The caller left, or had less time left than the subgraph is given. */
  | 'caller'
  /** This gateway: it refused to send (breaker open, bulkhead full), or sent what the subgraph refuses (4xx). */
  | 'gateway'
  /** The subgraph asked for fewer requests (429). */
  | 'throttle';

export interface FailureFacts {
  /** The sentence for clients, without address, body or stack. Default: the sentence of the code. */
  readonly message?: string;
  /** What happened, for the log only. */
  readonly detail: string;
  readonly blame: Blame;
  /** True while nothing of an answer has been received, so that a query may be sent again. */
  readonly isRetryable?: boolean;
  readonly status?: number;
  /** What a Retry-After header asked for. */
  readonly retryAfterMs?: number;
  /** The first bytes of an answer that could not be used, for the log only. */
  readonly bodyExcerpt?: string;
  readonly cause?: unknown;
}

const processPrefix = randomBytes(5).toString('hex');
let failureCount = 0;

/** One failed fetch: what clients may read of it (code, message, id) and what only the log may hold (everything else). */
export class FetchFailure extends SubgraphError {
  /** Stands in the log line of this failure and may be shown to clients. */
  readonly id: string;
  readonly detail: string;
  readonly blame: Blame;
  readonly isRetryable: boolean;
  readonly status: number | undefined;
  readonly retryAfterMs: number | undefined;
  readonly bodyExcerpt: string | undefined;

  constructor(code: GatewayErrorCode, subgraph: string, facts: FailureFacts) {
    super(code, subgraph, {
      ...(facts.message === undefined ? {} : { message: facts.message }),
      ...(facts.cause === undefined ? {} : { cause: facts.cause }),
    });
    this.id = nextErrorId();
    this.detail = facts.detail;
    this.blame = facts.blame;
    this.isRetryable = facts.isRetryable ?? false;
    this.status = facts.status;
    this.retryAfterMs = facts.retryAfterMs;
    this.bodyExcerpt = facts.bodyExcerpt;
  }

  override get extensions(): Readonly<Record<string, string>> & {
    readonly code: GatewayErrorCode;
  } {
    return { code: this.code, errorId: this.id };
  }
}

/** An id that names one error in an answer and in the log; unique among all processes. */
export function nextErrorId(): string {
  failureCount += 1;
  return `${processPrefix}-${failureCount.toString(36)}`;
}
