import { join } from 'node:path';
import {
  anonymous,
  createIdentityVerifier,
  type Identity,
  type VerifyIdentity,
} from '@trellis/platform/identity';
import { ConfigError } from '@trellis/platform/read-config';
import {
  ensureWireSecret,
  makeWireKey,
  readWireKeys,
  type WireKey,
} from '@trellis/platform/wire-keys';
import { findTrellisHome } from './database/trellis-home.ts';

/** Who may ask this subgraph, and as whom. */
export interface SignedHop {
  /**
   * Reads the identity header.
   * @throws Error when the caller is not the gateway; the message is for the log only
   */
  readonly verify: VerifyIdentity;
  /** Whether a caller without the header is let in as anonymous, and may introspect: development only. */
  readonly allowsDirect: boolean;
}

/**
 * Reads how callers prove that they are the gateway (docs/wire.md).
 * Outside production a missing secret is made and kept in the clone's own folder, where the gateway finds it too.
 * @param name the subgraph's name in supergraph.yaml: the audience of its identity headers
 * @throws ConfigError in production without a secret, or with the development switch set
 */
export function readSignedHop(name: string, env: NodeJS.ProcessEnv = process.env): SignedHop {
  const isProduction = env['NODE_ENV'] === 'production';
  const allowsDirect = isSwitchedOn(env['TRELLIS_ALLOW_DIRECT']);
  if (allowsDirect && isProduction) {
    throw new ConfigError(
      `environment: TRELLIS_ALLOW_DIRECT opens ${name} to everyone who can reach it, so it is refused when NODE_ENV is production. Unset one of the two.`,
    );
  }
  const verifySigned = createIdentityVerifier(readKeys(name, env), name);
  return {
    allowsDirect,
    verify: (header): Identity =>
      header === undefined && allowsDirect ? anonymous : verifySigned(header),
  };
}

function readKeys(name: string, env: NodeJS.ProcessEnv): readonly WireKey[] {
  const keys = readWireKeys(env);
  if (keys.length > 0) return keys;
  if (env['NODE_ENV'] === 'production') {
    throw new ConfigError(
      `environment: ${name} answers only a gateway that shares its secret, but TRELLIS_WIRE_SECRET and TRELLIS_WIRE_SECRET_FILE are both unset. Make one with "openssl rand -hex 32" and give it to the gateway and to every subgraph.`,
    );
  }
  return [makeWireKey(ensureWireSecret(join(findTrellisHome(env), 'wire-secret')).trim())];
}

function isSwitchedOn(value: string | undefined): boolean {
  return value === '1' || value === 'true';
}
