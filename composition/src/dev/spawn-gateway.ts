import { createRequire } from 'node:module';
import { join } from 'node:path';
import { CommandError } from '../command-error.ts';
import type { Terminal } from '../terminal.ts';
import { startChild, type Child } from './child.ts';

/** Flags of the gateway process. */
export interface GatewayFlags {
  supergraph?: string;
  port?: number;
  host?: string;
  config?: string;
  workers?: string;
}

// A gateway makes much short-lived garbage; a larger young generation keeps it from being promoted.
const nodeFlags = ['--max-semi-space-size=64'];

/**
 * Starts the gateway as a process of its own: composition never imports it, they meet in the supergraph file.
 * The gateway installed beside the user's project wins over the one beside this tool.
 * @throws CommandError when no gateway is installed or built
 */
export function spawnGateway(flags: GatewayFlags, terminal: Terminal): Child {
  const main = findGateway(terminal.cwd, 'main');
  const args = (['supergraph', 'port', 'host', 'config', 'workers'] as const).flatMap((name) => {
    const value = flags[name];
    return value === undefined ? [] : [`--${name}`, String(value)];
  });
  return startChild({
    command: process.execPath,
    args: [...nodeFlags, main, ...args],
    cwd: terminal.cwd,
    env: terminal.env,
  });
}

/**
 * Finds a script of the gateway: that of the user's project wins over the one beside this tool.
 * @throws CommandError when no gateway is installed or built
 */
export function findGateway(cwd: string, entry: 'main' | 'inspect-authorization'): string {
  for (const base of [join(cwd, 'package.json'), import.meta.url]) {
    try {
      return createRequire(base).resolve(`@trellis/gateway/${entry}`);
    } catch {
      // Not installed there, or not built: try the next place.
    }
  }
  throw new CommandError(
    `the gateway is not installed or not built: @trellis/gateway/${entry} cannot be found from here; run \`npm install\` and \`npm run build\``,
  );
}
