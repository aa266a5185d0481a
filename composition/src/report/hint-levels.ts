import type { Problem } from './problem.ts';

/** Which hints are shown, and which count as errors. */
export interface HintOptions {
  hints: 'none' | 'warning' | 'info';
  /** Levels (`warning`, `info`) or codes. */
  failOn?: string[];
}

/** Hints as the options want them: raised to errors, shown as they are, or left out. */
export function applyHintLevels(
  hints: Problem[],
  { hints: least, failOn = [] }: HintOptions,
): Problem[] {
  return hints.flatMap((hint) => {
    const isRaised =
      failOn.includes(hint.code) ||
      failOn.includes('info') ||
      (failOn.includes('warning') && hint.severity === 'warning');
    if (isRaised) return [{ ...hint, severity: 'error' as const }];
    const isShown = least === 'info' || (least === 'warning' && hint.severity === 'warning');
    return isShown ? [hint] : [];
  });
}
