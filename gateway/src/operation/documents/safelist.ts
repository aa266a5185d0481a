import { channel, type Channel } from 'node:diagnostics_channel';
import type { Logger } from '@trellis/platform/log';
import { LRUCache } from 'lru-cache';
import type { z } from 'zod';
import { announce } from '../../channels.ts';
import { GatewayError } from '../../errors.ts';
import type { IncomingHeaders } from '../../incoming-headers.ts';
import type { operationOptions } from '../options.ts';
import { hashOf } from './automatic-queries.ts';
import { createManifestStore } from './manifest-store.ts';

export type SafelistSettings = z.output<typeof operationOptions>['safelist'];
export type SafelistMode = SafelistSettings['mode'];

/** A document that is not in the manifest, or was sent as text where only ids are taken. */
export interface SafelistEvent {
  /** `enforce`: it was refused. `audit`: it would have been. */
  readonly mode: 'audit' | 'enforce';
  readonly reason: 'unknown' | 'id required';
  /** SHA-256 of the text. */
  readonly hash: string;
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
  assertTrusted(text: string, headers: IncomingHeaders): void;
}

/** Each document is logged once, as long as it is among the last so many. */
const maxReported = 1_000;

/** Creates the safelist of the settings; undefined where it is off for everybody. */
export function createSafelist(settings: SafelistSettings, log: Logger): Safelist | undefined {
  const { manifest: place } = settings;
  if (place === undefined) return undefined;
  const store = createManifestStore(settings, place, log);
  const reported = new LRUCache<string, true>({ max: maxReported });

  function refuse(reason: SafelistEvent['reason'], text: string, headers: IncomingHeaders): void {
    const { clientName, clientVersion } = readClient(headers);
    const mode = modeOf(settings, clientName, clientVersion);
    if (mode === 'off') return;
    const hash = hashOf(text);
    const event: SafelistEvent = { mode, reason, hash, clientName, clientVersion };
    if (safelistChannel.hasSubscribers) safelistChannel.publish(event);
    const outcome = mode === 'enforce' ? 'refused' : 'unknown';
    announce({ event: 'trustedDocument', outcome });
    if (!reported.has(`${mode} ${hash}`)) {
      reported.set(`${mode} ${hash}`, true);
      const shown = {
        ...event,
        clientName: clientName?.slice(0, 100),
        clientVersion: clientVersion?.slice(0, 100),
      };
      log.warn(shown, mode === 'enforce' ? 'document refused' : 'document would be refused');
    }
    if (mode === 'enforce') throw refusal(reason);
  }

  return {
    start: () => store.start(),
    stop: () => store.stop(),
    find(id, headers) {
      const text = store.get()?.find(id, readClient(headers).clientName);
      if (text !== undefined) announce({ event: 'trustedDocument', outcome: 'known' });
      return text;
    },
    assertTrusted(text, headers) {
      const isKnown = store.get()?.holds(text, readClient(headers).clientName) === true;
      if (isKnown && !settings.requireId) {
        announce({ event: 'trustedDocument', outcome: 'known' });
        return;
      }
      refuse(isKnown ? 'id required' : 'unknown', text, headers);
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

function refusal(reason: SafelistEvent['reason']): GatewayError {
  return reason === 'unknown'
    ? new GatewayError('QUERY_NOT_IN_SAFELIST')
    : new GatewayError('PERSISTED_QUERY_ID_REQUIRED');
}
