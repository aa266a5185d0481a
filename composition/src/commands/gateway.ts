import type { ExitCode } from '../exit-codes.ts';
import type { Terminal } from '../terminal.ts';
import { forwardSignals } from '../dev/forward-signals.ts';
import { spawnGateway } from '../dev/spawn-gateway.ts';

export interface GatewayOptions {
  supergraph?: string;
  port?: number;
  host?: string;
  config?: string;
  workers?: string;
}

/** `trellis gateway`: runs the gateway process until it ends; its exit code is ours. */
export async function gateway(options: GatewayOptions, terminal: Terminal): Promise<ExitCode> {
  const child = spawnGateway(options, terminal);
  const stopForwarding = forwardSignals((signal) => child.signal(signal));
  try {
    return (await child.ended) as ExitCode;
  } finally {
    stopForwarding();
  }
}
