/** How bad a finding is. Only errors make a command fail. */
export type Severity = 'error' | 'warning' | 'info';

/** A place in a source text, 1-based, and the lines around it. */
export interface Place {
  /** File, address or other origin of the text, as messages call it. */
  origin: string;
  line: number;
  column: number;
  /** Line where the marked element ends. */
  endLine: number;
  /** The text of the marked line. */
  excerpt: string;
  /** The subgraph the text belongs to. */
  subgraph?: string;
}

/** A change of one source text that makes a problem go away: proven by composing the patched schemas. */
interface Fix {
  /** What to do, for the person: `add @shareable to catalog/schema.graphql:12`. */
  title: string;
  edits: FixEdit[];
}

/** Replaces the text between two offsets; equal offsets insert. */
export interface FixEdit {
  subgraph: string;
  origin: string;
  start: number;
  end: number;
  text: string;
  /** 1-based line of `start`. */
  line: number;
}

/** One finding of any check. */
export interface Problem {
  /** Stable name, such as `INVALID_FIELD_SHARING` or `lint/type-description`. */
  code: string;
  severity: Severity;
  message: string;
  /** Names of the subgraphs it is about. */
  subgraphs: string[];
  places: Place[];
  /** Schema coordinate, such as `Product.price`. */
  coordinate?: string;
  /** An operation that shows the problem. */
  operation?: string;
  fix?: Fix;
}
