/** What the launcher says; everything goes through here, so that tests can listen. */
export interface Terminal {
  /** A step of the start, with the seconds since it began. */
  step(name: string, text: string): void;
  /** Something that happened to a process. */
  event(name: string, text: string): void;
  print(text: string): void;
}

const nameWidth = 10;

/** @param write takes whole lines, with their line end */
export function createTerminal(
  write: (text: string) => void,
  now: () => number = () => performance.now(),
): Terminal {
  const startedAt = now();
  return {
    step: (name, text) => {
      const seconds = ((now() - startedAt) / 1_000).toFixed(1);
      write(`  ${name.padEnd(nameWidth)} ${text.padEnd(46)} ${seconds.padStart(5)} s\n`);
    },
    event: (name, text) => write(`${name.padEnd(nameWidth)} ${text}\n`),
    print: (text) => write(`${text}\n`),
  };
}
