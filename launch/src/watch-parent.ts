/** Half a second after the parent nobody has been waiting long. */
const defaultEveryMs = 500;

export interface ParentWatch {
  /** Called once, when the process that started this one is gone. */
  readonly onGone: () => void;
  readonly readParentId?: () => number;
  readonly everyMs?: number;
}

/**
 * Notices that the process that started this one is gone. npm that is asked to end ends the shell between itself and us,
 * and the shell passes no signal on: without this the whole platform would go on, with nobody to stop it.
 * @returns ends the watch
 */
export function watchParent({
  onGone,
  readParentId = () => process.ppid,
  everyMs = defaultEveryMs,
}: ParentWatch): () => void {
  const parentId = readParentId();
  const timer = setInterval(() => {
    if (readParentId() === parentId) return;
    clearInterval(timer);
    onGone();
  }, everyMs).unref();
  return () => clearInterval(timer);
}
