import { channel, type Channel } from 'node:diagnostics_channel';
import type { Logger } from '@trellis/platform/log';
import { LRUCache } from 'lru-cache';
import type { z } from 'zod';
import { announce } from '../../channels.ts';
import { GatewayError } from '../../errors.ts';
import type { IncomingHeaders } from '../../incoming-headers.ts';
import type { operationOptions } from '../options.ts';
import { hashOf } from './automatic-queries.ts';
import { findOperationName } from './find-operation-name.ts';
import { createManifestStore } from './manifest-store.ts';

export type SafelistSettings = z.output<typeof operationOptions>['safelist'];
export type SafelistMode = SafelistSettings['mode'];

/** A document that is not in the manifest, or was sent as text where only ids are taken. */
export interface SafelistEvent {
  /** `enforce`: it was refused. `audit`: it would have been. */
  readonly mode: 'audit' | 'enforce';
  readonly reason: 'unknown' | 'of another client' | 'id required';
  /** SHA-256 of the text. */
  readonly hash: string;
  /** What the client called the operation. */
  readonly operationName: string | undefined;
  /** How the manifest names the document. Undefined: it does not hold it. */
  readonly documentId: string | undefined;
  readonly documentName: string | undefined;
  readonly clientName: string | undefined;
  readonly clientVersion: string | undefined;
}

/** Channel `trellis.safelist`: a {@link SafelistEvent} for each request that was, or would have been, refused. */
export const safelistChannel = channel('trellis.safelist') as Channel<unknown, SafelistEvent>;

/** Trusted documents: what may be run is what the manifest holds. */
export interface Safelist {
  /** Loads the manifest and keeps it fresh. @throws Error when there is none, not even the last good one on disk */
  start(): Promise<void>;
  stop(): void;
  /** The document of an id. */
  find(id: string, headers: IncomingHeaders): string | undefined;
  /** @throws GatewayError QUERY_NOT_IN_SAFELIST, PERSISTED_QUERY_ID_REQUIRED */
  assertTrusted(text: string, asked: AskedDocument): void;
}

/** Who asks for which operation of a document. */
export interface AskedDocument {
  readonly headers: IncomingHeaders;
  readonly operationName: string | undefined;
}

/** Each document is logged once for each client, as long as they are among the last so many. */
const maxReported = 1_000;
/** So much of what clients and manifests call things is logged. */
const maxNameLength = 100;

/** Creates the safelist of the settings; undefined where it is off for everybody. */
export function createSafelist(settings: SafelistSettings, log: Logger): Safelist | undefined {
  const { manifest: place } = settings;
  if (place === undefined) return undefined;
  const store = createManifestStore(settings, place, log);
  const reported = new LRUCache<string, true>({ max: maxReported });

  function refuse(isKnown: boolean, text: string, { headers, operationName }: AskedDocument): void {
    const { clientName, clientVersion } = readClient(headers);
    const mode = modeOf(settings, clientName, clientVersion);
    if (mode === 'off') return;
    const listed = store.get()?.describe(text);
    const event: SafelistEvent = {
      mode,
      reason: isKnown ? 'id required' : listed ? 'of another client' : 'unknown',
      hash: hashOf(text),
      operationName: operationName ?? findOperationName(text),
      documentId: listed?.id,
      documentName: listed?.name,
      clientName,
      clientVersion,
    };
    if (safelistChannel.hasSubscribers) safelistChannel.publish(event);
    announce({ event: 'trustedDocument', outcome: mode === 'enforce' ? 'refused' : 'unknown' });
    report(event);
    if (mode === 'enforce') throw refusal(isKnown);
  }

  function report(event: SafelistEvent): void {
    const shown = clipNames(event);
    const { mode, hash, clientName = '', clientVersion = '' } = shown;
    const key = [mode, hash, clientName, clientVersion].join('\n');
    if (reported.has(key)) return;
    reported.set(key, true);
    log.warn(shown, mode === 'enforce' ? 'document refused' : 'document would be refused');
  }

  return {
    start: () => store.start(),
    stop: () => store.stop(),
    find(id, headers) {
      const text = store.get()?.find(id, readClient(headers).clientName);
      if (text !== undefined) announce({ event: 'trustedDocument', outcome: 'known' });
      return text;
    },
    assertTrusted(text, asked) {
      const isKnown = store.get()?.holds(text, readClient(asked.headers).clientName) === true;
      if (isKnown && !settings.requireId) {
        announce({ event: 'trustedDocument', outcome: 'known' });
        return;
      }
      refuse(isKnown, text, asked);
    },
  };
}

interface Client {
  readonly clientName: string | undefined;
  readonly clientVersion: string | undefined;
}

function readClient(headers: IncomingHeaders): Client {
  return {
    clientName: headers['apollographql-client-name'] ?? headers['graphql-client-name'],
    clientVersion: headers['apollographql-client-version'] ?? headers['graphql-client-version'],
  };
}

/** The first entry that fits decides. */
function modeOf(
  { clients, mode }: SafelistSettings,
  clientName: string | undefined,
  clientVersion: string | undefined,
): SafelistMode {
  const own = clients.find(
    ({ name, version }) =>
      name === clientName && (version === undefined || fits(version, clientVersion ?? '')),
  );
  return own?.mode ?? mode;
}

function fits(pattern: string, version: string): boolean {
  return pattern.endsWith('*') ? version.startsWith(pattern.slice(0, -1)) : version === pattern;
}

function refusal(isKnown: boolean): GatewayError {
  return isKnown
    ? new GatewayError('PERSISTED_QUERY_ID_REQUIRED')
    : new GatewayError('QUERY_NOT_IN_SAFELIST');
}

/** Names are written by others: however long they are, a line of the log stays short. */
function clipNames(event: SafelistEvent): SafelistEvent {
  const clip = (name: string | undefined): string | undefined => name?.slice(0, maxNameLength);
  return {
    ...event,
    operationName: clip(event.operationName),
    documentId: clip(event.documentId),
    documentName: clip(event.documentName),
    clientName: clip(event.clientName),
    clientVersion: clip(event.clientVersion),
  };
}
