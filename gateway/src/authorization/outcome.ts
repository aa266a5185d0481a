/** What a rule says: yes, no, or no with a reason. */
export type Verdict = true | false | Error;

/**
 * What a rule threw where `debug` shows it: as in graphql-shield it ends the whole tree of rules, a `not` or an `or`
 * around it included.
 */
export class Thrown {
  readonly error: Error;

  constructor(error: Error) {
    this.error = error;
  }
}

/** Undefined: it cannot be told yet. */
export type Early = Verdict | undefined;

export type Outcome = Early | Thrown;

/** What a tree of rules says in the end. */
export function verdictOf(outcome: Outcome): Early {
  return outcome instanceof Thrown ? outcome.error : outcome;
}

/** What cannot be told with everything at hand is a no. */
export function verdictAbout(outcome: Outcome): Verdict {
  return verdictOf(outcome) ?? false;
}
