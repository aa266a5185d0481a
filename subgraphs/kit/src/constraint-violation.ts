/** SQLSTATE class 23 (PostgreSQL documentation, appendix A): what a use case may foresee. */
const kinds: Readonly<Record<string, ConstraintViolation['kind']>> = {
  '23503': 'foreign key',
  '23505': 'unique',
  '23514': 'check',
};

export interface ConstraintViolation {
  readonly kind: 'foreign key' | 'unique' | 'check';
  /** As PostgreSQL named it: `users_email_key`. */
  readonly constraint: string;
}

/** Tells which constraint the database refused a change for; undefined for any other error. */
export function readConstraintViolation(error: unknown): ConstraintViolation | undefined {
  if (typeof error !== 'object' || error === null) return undefined;
  const { code, constraint } = error as { code?: unknown; constraint?: unknown };
  const kind = typeof code === 'string' ? kinds[code] : undefined;
  return kind && typeof constraint === 'string' ? { kind, constraint } : undefined;
}
