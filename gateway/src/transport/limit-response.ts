import { parseJson } from './parse-json.ts';
import { ResponseTooLarge } from './response-collector.ts';

/**
 * Gives back a response of any fetch (the standard one, or those of npm packages) whose `text` and `json` read no more
 * than a limit, counted while the body streams in and after decompression. HTTP clients have no common setting for it.
 * @param onRead called when a whole body was read
 */
export function limitResponse(
  response: object,
  limitBytes: number,
  onRead: () => void = () => undefined,
): object {
  return new Proxy(response, {
    get(target, name): unknown {
      const value: unknown = Reflect.get(target, name, target);
      const { body } = target as { readonly body?: unknown };
      if ((name === 'text' || name === 'json') && isStream(body)) {
        return async () => {
          const bytes = await readBytes(body, limitBytes);
          onRead();
          return name === 'text' ? bytes.toString('utf8') : parseJson(bytes);
        };
      }
      return typeof value === 'function' ? (value.bind(target) as unknown) : value;
    },
  });
}

function isStream(body: unknown): body is AsyncIterable<Uint8Array> {
  return typeof body === 'object' && body !== null && Symbol.asyncIterator in body;
}

async function readBytes(body: AsyncIterable<Uint8Array>, limitBytes: number): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  // Leaving the loop early destroys the stream.
  for await (const chunk of body) {
    length += chunk.length;
    if (length > limitBytes) throw new ResponseTooLarge(limitBytes);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks, length);
}
