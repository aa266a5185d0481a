import type { GatewayConfig } from './config.ts';

/** Sections that hold open sockets or listeners, or were read before anything else: they need a new process. */
const fixed = ['listen', 'server', 'telemetry', 'workers'] as const;
/** Read once by the listener and the pages it serves. */
const fixedHttp = ['requestTimeoutMs', 'explorers', 'samples'] as const;

/** @throws Error naming what changed and needs a restart; then nothing may be taken over */
export function assertReloadable(old: GatewayConfig, next: GatewayConfig): void {
  const changed = [
    ...fixed.filter((name) => differs(old[name], next[name])).map(String),
    ...fixedHttp
      .filter((name) => differs(old.http[name], next.http[name]))
      .map((name) => `http.${name}`),
    ...(differs(old.authentication.signIn, next.authentication.signIn)
      ? ['authentication.signIn']
      : []),
  ];
  if (changed.length > 0)
    throw new Error(`a restart is needed for changes of ${changed.join(', ')}`);
}

function differs(old: unknown, next: unknown): boolean {
  return JSON.stringify(old) !== JSON.stringify(next);
}
