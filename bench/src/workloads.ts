import { readFileSync } from 'node:fs';

/** What the load generator sends, and the right answer to it. */
export interface Workload {
  readonly name: WorkloadName;
  readonly title: string;
  /** The JSON body of every request. */
  readonly body: string;
  readonly expected: unknown;
  /** Headers that make request number `sequence` different from all others; empty for identical requests. */
  readonly uniqueHeader: ((sequence: number) => string) | undefined;
  /** Name of the request header that gateways pass on to subgraphs in this workload. */
  readonly propagatedHeader: string | undefined;
}

export type WorkloadName = 'w1' | 'w2' | 'w2-identity' | 'w3' | 'w3-identity';

/** Distinct per request, known to no gateway and passed on by none. */
const requestNumberHeader = 'x-request-number';
/** Distinct per request and passed on to every subgraph, as the name of a tenant or a caller would be. */
export const callerHeader = 'x-caller';

const heavy = {
  body: readData('w1.json'),
  expected: JSON.parse(readData('w1.expected.json')) as unknown,
};
const small = {
  body: readData('w3.json'),
  expected: JSON.parse(readData('w3.expected.json')) as unknown,
};

export const workloads: Readonly<Record<WorkloadName, Workload>> = {
  w1: {
    name: 'w1',
    title: 'W1: identical heavy queries',
    ...heavy,
    uniqueHeader: undefined,
    propagatedHeader: undefined,
  },
  w2: {
    name: 'w2',
    title: 'W2: every request unique, subgraph fetches may be shared',
    ...heavy,
    uniqueHeader: (sequence) => `${requestNumberHeader}: ${sequence}`,
    propagatedHeader: undefined,
  },
  'w2-identity': {
    name: 'w2-identity',
    title: 'W2 by caller: every request from another caller, nothing may be shared',
    ...heavy,
    uniqueHeader: (sequence) => `${callerHeader}: caller-${sequence}`,
    propagatedHeader: callerHeader,
  },
  w3: {
    name: 'w3',
    title: 'W3: identical small queries',
    ...small,
    uniqueHeader: undefined,
    propagatedHeader: undefined,
  },
  'w3-identity': {
    name: 'w3-identity',
    title: 'W3 by caller: small queries, every request from another caller, nothing may be shared',
    ...small,
    uniqueHeader: (sequence) => `${callerHeader}: caller-${sequence}`,
    propagatedHeader: callerHeader,
  },
};

/** The whole HTTP request for each sequence number; prepared ahead as far as possible. */
export function requestsOf(
  workload: Workload,
  path: string,
): (sequence: number) => Buffer | string {
  const { body, uniqueHeader } = workload;
  const start =
    `POST ${path} HTTP/1.1\r\nhost: 127.0.0.1\r\naccept: application/json\r\n` +
    `content-type: application/json\r\ncontent-length: ${Buffer.byteLength(body)}\r\n`;
  if (uniqueHeader === undefined) {
    const bytes = Buffer.from(`${start}\r\n${body}`);
    return () => bytes;
  }
  const end = `\r\n\r\n${body}`;
  return (sequence) => start + uniqueHeader(sequence) + end;
}

function readData(file: string): string {
  return readFileSync(new URL(`../data/${file}`, import.meta.url), 'utf8');
}
