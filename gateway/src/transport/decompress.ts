import {
  brotliDecompress,
  gunzip,
  inflate,
  type CompressCallback,
  type InputType,
  type ZlibOptions,
} from 'node:zlib';
import { ResponseTooLarge } from './response-collector.ts';

type Decode = (
  body: InputType,
  options: Pick<ZlibOptions, 'maxOutputLength'>,
  callback: CompressCallback,
) => void;

const decoders: Readonly<Record<'gzip' | 'x-gzip' | 'deflate' | 'br', Decode>> = {
  gzip: gunzip,
  'x-gzip': gunzip,
  deflate: inflate,
  br: brotliDecompress,
};

function isKnown(encoding: string): encoding is keyof typeof decoders {
  return Object.hasOwn(decoders, encoding);
}

/**
 * Decodes a body by its Content-Encoding (RFC 9110 §8.4), on zlib's threads. The limit counts decoded bytes and is
 * enforced while decoding: a bomb costs at most the limit.
 * @throws ResponseTooLarge over the limit; Error when the encoding is unknown or the body is damaged
 */
export async function decompress(
  body: Buffer,
  contentEncoding: string,
  limitBytes: number,
): Promise<Buffer> {
  const encoding = contentEncoding.trim().toLowerCase();
  if (encoding === '' || encoding === 'identity') return body;
  if (!isKnown(encoding)) throw new Error(`unknown content encoding ${encoding.slice(0, 40)}`);
  return new Promise((resolve, reject) => {
    decoders[encoding](body, { maxOutputLength: limitBytes }, (error, decoded) => {
      if (!error) resolve(decoded);
      else if ('code' in error && error.code === 'ERR_BUFFER_TOO_LARGE') {
        reject(new ResponseTooLarge(limitBytes));
      } else reject(error);
    });
  });
}
