import { CommandError } from '../command-error.ts';
import type { KnownOperation } from './known-operation.ts';
import { splitDocuments } from './split-documents.ts';

/**
 * Reads a persisted-operation manifest: Apollo's (`operations: [{ id, body }]`) or Relay's (`{ id: text }`).
 * @throws CommandError when the JSON is neither
 */
export function parseManifest(text: string, origin: string): KnownOperation[] {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new CommandError(`${origin}: is not JSON: ${(error as Error).message}`);
  }
  const bodies = manifestBodies(value);
  if (!bodies) {
    throw new CommandError(
      `${origin}: is no manifest of operations; expected {"operations":[{"id","body"}]} or {"id":"text"}`,
    );
  }
  return bodies.flatMap(([id, body]) =>
    splitDocuments([{ origin: `${origin}#${id}`, text: body }]),
  );
}

function manifestBodies(value: unknown): [string, string][] | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const { operations } = value as { operations?: unknown };
  if (Array.isArray(operations)) {
    return operations.flatMap((item) => {
      const { id, body } = (item ?? {}) as { id?: unknown; body?: unknown };
      return typeof body === 'string' ? [[String(id), body] as [string, string]] : [];
    });
  }
  const entries = Object.entries(value);
  const isRelay = entries.length > 0 && entries.every(([, body]) => typeof body === 'string');
  return isRelay ? (entries as [string, string][]) : undefined;
}
