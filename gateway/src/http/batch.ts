import { formatCachePolicy, readCachePolicy, strictest } from '../cache-policy.ts';
import { GatewayError } from '../errors.ts';
import type { ResponseType } from './negotiate.ts';
import type { httpOptions } from './options.ts';
import type { Outcome } from './outcome.ts';
import type { z } from 'zod';

/**
 * Checks that a body with several operations may be answered.
 * @throws GatewayError BAD_REQUEST, BATCH_LIMIT_EXCEEDED
 */
export function readBatch(
  body: readonly unknown[],
  { isEnabled, maxOperations }: z.output<typeof httpOptions>['batching'],
): readonly unknown[] {
  if (!isEnabled) {
    throw new GatewayError('BAD_REQUEST', 'Several operations in one request are not accepted.');
  }
  if (body.length === 0) throw new GatewayError('BAD_REQUEST', 'The batch is empty.');
  if (body.length > maxOperations) {
    throw new GatewayError(
      'BATCH_LIMIT_EXCEEDED',
      `A request may hold ${maxOperations} operations, but this one has ${body.length}.`,
    );
  }
  return body;
}

/**
 * Joins the outcomes of a batch. HTTP has one status for all: 200 when any was answered, else that of all, or 400 when
 * they differ. Caches may do what they
 * may do with the strictest of them (GHSA-8r69-3cvp-wxc3).
 */
export function joinOutcomes(outcomes: readonly Outcome[], type: ResponseType): Outcome {
  const [first] = outcomes;
  const isUniform = outcomes.every(({ status }) => status === first?.status);
  const isAnswered = outcomes.some(({ status }) => status === 200);
  const policies = outcomes.map(({ cacheControl }) => readCachePolicy(cacheControl));
  const policy = policies.reduce(strictest);
  return {
    status: isUniform && first ? first.status : isAnswered ? 200 : 400,
    type,
    body: `[${outcomes.map(({ body }) => body).join(',')}]`,
    ...(policy ? { cacheControl: formatCachePolicy(policy), headers: first?.headers ?? [] } : {}),
  };
}
