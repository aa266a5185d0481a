import { formatCachePolicy } from '../cache-policy.ts';
import type { RequestRecord } from '../channels.ts';
import type { GatewayError } from '../errors.ts';
import type { Answer } from '../request.ts';
import { answerBytes } from './answer-bytes.ts';
import type { RawHeaders } from './cors.ts';
import type { ResponseType } from './negotiate.ts';
import { formatRefusal } from './write-json.ts';

/** What is written back, before it is known where to. */
export interface Outcome {
  readonly status: number;
  readonly type: ResponseType;
  readonly body: string;
  readonly bytes?: Buffer | undefined;
  readonly headers?: RawHeaders;
  readonly cacheControl?: string;
  /** The request was not read to its end, so nothing more can be read from this connection. */
  readonly closes?: boolean;
}

/** Caches may keep what every subgraph lets them keep of a query, and what rules had no say in. */
export function describeAnswer(
  answer: Answer,
  type: ResponseType,
  { record, vary }: { readonly record: RequestRecord; readonly vary: RawHeaders },
): Outcome {
  const outcome = { status: 200, type, body: answer.body, bytes: answerBytes(answer) };
  const { cache } = answer;
  if (!cache || record.operationKind !== 'query') return outcome;
  const isPrivate = cache.isPrivate || record.identityKind !== 'anonymous';
  const cacheControl = formatCachePolicy({ ...cache, isPrivate });
  return { ...outcome, cacheControl, headers: vary };
}

/** What refuses a request. */
export function refuse(error: GatewayError, type: ResponseType, requestId: string): Outcome {
  const body = formatRefusal(error, requestId);
  const { status, code } = error;
  if (code === 'METHOD_NOT_ALLOWED') return { status, type, body, headers: ['allow', 'GET, POST'] };
  return { status, type, body, closes: code === 'BODY_TOO_LARGE' };
}
