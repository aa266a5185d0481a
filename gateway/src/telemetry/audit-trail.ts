import type { Logger } from '@trellis/platform/log';
import { Kind, type SelectionNode } from 'graphql';
import {
  arrivalChannel,
  outcomeChannel,
  type Arrival,
  type Decisions,
  type RequestRecord,
} from '../channels.ts';
import { GatewayError } from '../errors.ts';
import type { PreparedOperation } from '../operation/prepared-operation.ts';
import { AuditSink } from './audit-sink.ts';
import { clip } from './clip.ts';

export interface AuditTrailOptions {
  readonly path: string;
  /** Whether mutations wait for their line, and are refused without it. */
  readonly isRequired: boolean;
  readonly log: Logger;
}

/** One line (docs/telemetry.md). Names and ids only, never a value. */
interface AuditLine {
  readonly time: string;
  /** `mutationBegins` is written before the mutation runs, where the trail is required. */
  readonly event: 'mutationBegins' | 'mutation' | 'query' | 'refused';
  readonly requestId: string;
  readonly identity: { readonly kind: string; readonly subject: string | null } | undefined;
  readonly client: string | undefined;
  readonly operation: string | undefined;
  readonly hash: string | undefined;
  /** Root fields of a mutation. */
  readonly mutations: readonly string[] | undefined;
  readonly fields: Readonly<Record<string, Decisions>> | undefined;
  readonly status: number | undefined;
  readonly errors: number | undefined;
  readonly code: string | undefined;
}

/** A line a minute tells that the trail cannot be written. */
const silenceMs = 60_000;

/** Writes who reached for what is protected, and who changed something. @returns the function that ends it */
export function startAuditTrail({ path, isRequired, log }: AuditTrailOptions): () => Promise<void> {
  let quietUntil = 0;
  const sink = new AuditSink(path, (reason) => {
    if (performance.now() < quietUntil) return;
    quietUntil = performance.now() + silenceMs;
    log.error({ reason, isRequired }, 'the audit trail cannot be written');
  });

  const beforeMutation = async (record: RequestRecord): Promise<void> => {
    try {
      await sink.appendNow(format(record, 'mutationBegins'));
    } catch (cause) {
      throw new GatewayError('AUDIT_UNAVAILABLE', undefined, { cause });
    }
  };
  const begin = (message: unknown): void => {
    (message as Arrival).record.beforeMutation = beforeMutation;
  };
  const end = (message: unknown): void => {
    const record = message as RequestRecord;
    const event = eventOf(record);
    if (event) sink.append(format(record, event));
  };
  void sink.check();
  if (isRequired) arrivalChannel.subscribe(begin);
  outcomeChannel.subscribe(end);
  return async () => {
    if (isRequired) arrivalChannel.unsubscribe(begin);
    outcomeChannel.unsubscribe(end);
    const lost = await sink.stop();
    if (lost > 0) log.error({ lines: lost }, 'lines of the audit trail are lost');
  };
}

function eventOf(record: RequestRecord): AuditLine['event'] | undefined {
  if (record.errorCode === 'UNAUTHENTICATED' || record.errorCode === 'FORBIDDEN') return 'refused';
  if (record.operationKind === 'mutation') return 'mutation';
  return record.decisions && record.decisions.size > 0 ? 'query' : undefined;
}

function format(record: RequestRecord, event: AuditLine['event']): string {
  const { identity, prepared, decisions } = record;
  const isOver = event !== 'mutationBegins';
  const line: AuditLine = {
    time: new Date().toISOString(),
    event,
    requestId: record.id,
    identity: identity && { kind: identity.kind, subject: identity.subject },
    client: clip(record.clientName),
    operation: clip(record.operationName),
    hash: record.operationHash,
    mutations: prepared?.kind === 'mutation' ? rootFieldsOf(prepared) : undefined,
    fields: decisions && decisions.size > 0 ? Object.fromEntries(decisions) : undefined,
    status: isOver ? record.status : undefined,
    errors: isOver ? record.errorCount : undefined,
    code: isOver ? record.errorCode : undefined,
  };
  return `${JSON.stringify(line)}\n`;
}

const rootFields = new WeakMap<PreparedOperation, readonly string[]>();

function rootFieldsOf(prepared: PreparedOperation): readonly string[] {
  let names = rootFields.get(prepared);
  if (!names) {
    const found = new Set<string>();
    collectNames(prepared.operation.selectionSet.selections, prepared, found);
    rootFields.set(prepared, (names = [...found]));
  }
  return names;
}

/** Names in the schema, not the aliases that clients choose. Fragments cannot contain themselves: it is a valid document. */
function collectNames(
  selections: readonly SelectionNode[],
  prepared: PreparedOperation,
  found: Set<string>,
): void {
  for (const selection of selections) {
    if (selection.kind === Kind.FIELD) {
      found.add(selection.name.value);
      continue;
    }
    const fragment =
      selection.kind === Kind.INLINE_FRAGMENT
        ? selection
        : prepared.document.definitions.find(
            (each) =>
              each.kind === Kind.FRAGMENT_DEFINITION && each.name.value === selection.name.value,
          );
    if (fragment && 'selectionSet' in fragment && fragment.selectionSet) {
      collectNames(fragment.selectionSet.selections, prepared, found);
    }
  }
}
