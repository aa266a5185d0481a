import { FetchFailure } from './fetch-failure.ts';
import { ResponseTooLarge } from './response-collector.ts';

/** OpenSSL's and Node's names for what goes wrong with certificates and handshakes. */
const tlsCode =
  /^(ERR_TLS_|ERR_SSL_|ERR_OSSL|CERT_|SELF_SIGNED|DEPTH_ZERO|UNABLE_TO_|HOSTNAME_MISMATCH|INVALID_CA|EPROTO)/;

/**
 * Names what went wrong between this gateway and a subgraph. Addresses, certificate texts and system messages stay in
 * `detail` and `cause`, which only the log sees.
 * @param hasBegun whether a first byte of an answer had come
 */
export function describeTransportFailure(
  error: Error,
  subgraph: string,
  hasBegun: boolean,
): FetchFailure {
  if (error instanceof FetchFailure) return error;
  if (error instanceof ResponseTooLarge) {
    return new FetchFailure('SUBGRAPH_MALFORMED_RESPONSE', subgraph, {
      message: 'A subgraph sent an answer that is too large.',
      detail: error.message,
      blame: 'subgraph',
    });
  }
  const code = 'code' in error && typeof error.code === 'string' ? error.code : error.name;
  const isTls = tlsCode.test(code);
  // HPE_*: bytes came, but they are not HTTP.
  const isNotHttp = code.startsWith('HPE_');
  return new FetchFailure('SUBGRAPH_UNAVAILABLE', subgraph, {
    ...(isTls ? { message: 'No trusted TLS connection to a subgraph could be made.' } : {}),
    detail: `${code}: ${error.message}`.slice(0, 500),
    blame: 'subgraph',
    isRetryable: !hasBegun && !isTls && !isNotHttp,
    cause: error,
  });
}
