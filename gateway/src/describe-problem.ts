/** One line for what is wrong with a supergraph: composition libraries report several problems as `causes` of one error. */
export function describeProblem(error: unknown): string {
  const { message, causes } = error as Error & { readonly causes?: readonly Error[] };
  const all = causes && causes.length > 0 ? causes.map((cause) => cause.message) : [message];
  const shown = all.slice(0, 5).join('; ').replace(/\s+/g, ' ');
  const clipped = shown.length > 1_000 ? `${shown.slice(0, 1_000)}…` : shown;
  return all.length > 5 ? `${clipped} (and ${all.length - 5} more)` : clipped;
}
