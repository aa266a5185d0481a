/** A line of a process's log, as far as a person wants to see it. */
export interface LogLine {
  readonly level: 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'fatal';
  readonly text: string;
}

const levels = new Set(['trace', 'debug', 'info', 'warn', 'error', 'fatal']);
/** What every line has, and what is said elsewhere. */
const leftOut = new Set(['level', 'time', 'name', 'msg', 'pid', 'hostname', 'err']);

/** Reads a line of platform/log.ts. Anything else (a stack trace, a word from Node itself) counts as an error. */
export function readLogLine(line: string): LogLine {
  let entry: Record<string, unknown>;
  try {
    entry = JSON.parse(line) as Record<string, unknown>;
  } catch {
    return { level: 'error', text: line };
  }
  if (typeof entry !== 'object' || entry === null || !levels.has(String(entry['level']))) {
    return { level: 'error', text: line };
  }
  const details = Object.entries(entry)
    .filter(([name]) => !leftOut.has(name))
    .map(([name, value]) => `${name}=${typeof value === 'string' ? value : JSON.stringify(value)}`);
  const cause = (entry['err'] as { message?: string } | undefined)?.message;
  const said = typeof entry['msg'] === 'string' ? entry['msg'] : '';
  const message = [said, ...(cause ? [cause] : [])].join(': ');
  return { level: entry['level'] as LogLine['level'], text: [message, ...details].join('  ') };
}
