import type { ExitCode } from '../exit-codes.ts';
import type { DevOptions } from '../dev/dev-options.ts';
import { startDevSession } from '../dev/dev-session.ts';
import { forwardSignals } from '../dev/forward-signals.ts';
import type { Terminal } from '../terminal.ts';

/** `trellis dev`: runs until a signal, or until the gateway ends by itself; then stops all it started. */
export async function dev(options: DevOptions, terminal: Terminal): Promise<ExitCode> {
  const session = await startDevSession(options, terminal);
  const stopForwarding = forwardSignals((signal) =>
    session.stop(signal === 'SIGHUP' ? 'SIGTERM' : signal),
  );
  try {
    return (await session.ended) as ExitCode;
  } finally {
    stopForwarding();
  }
}
