import { createServer, type IncomingMessage } from 'node:http';
import { callerHeader } from '../../workloads.ts';
import { readEnvironment } from '../read-environment.ts';
import { runHeavyPlan } from './heavy-plan.ts';
import { createRawPost } from './raw-post.ts';
import { share } from './share.ts';
import { runSmallPlan } from './small-plan.ts';
import { createUndiciPost } from './undici-post.ts';

/**
 * The limit: what one Node process can do for these two queries when nothing is general. No GraphQL is parsed,
 * validated, planned or checked here; what is left is HTTP, JSON and the merge.
 */
interface Question {
  readonly body: string;
  readonly caller: string | undefined;
  readonly requestNumber: string | undefined;
}

const { port, subgraphsPort } = readEnvironment();
const flags = new Set(process.argv.slice(2));
const send = flags.has('undici') ? createUndiciPost(subgraphsPort) : createRawPost(subgraphsPort);
const post = flags.has('share-fetches')
  ? share(({ subgraph, body, caller }) => `${caller} ${subgraph} ${body}`, send)
  : send;

const compute = async ({ body, caller }: Question): Promise<Buffer> =>
  Buffer.from(
    body.includes('TestQuery')
      ? await runHeavyPlan(post, caller)
      : await runSmallPlan(post, caller),
  );
const answer = flags.has('share-queries')
  ? share(
      (question: Question) => `${question.caller} ${question.requestNumber} ${question.body}`,
      compute,
    )
  : compute;

const server = createServer((request, response) => {
  let body = '';
  request.setEncoding('latin1');
  request.on('data', (chunk: string) => (body += chunk));
  request.on('end', () => {
    answer({
      body,
      caller: header(request, callerHeader),
      requestNumber: header(request, 'x-request-number'),
    }).then(
      (bytes) => {
        response.writeHead(200, {
          'content-type': 'application/json',
          'content-length': bytes.length,
        });
        response.end(bytes);
      },
      (error: unknown) => {
        response.writeHead(500);
        response.end(String(error));
      },
    );
  });
});
server.listen(port, '127.0.0.1', 4096);
process.once('SIGTERM', () => process.exit(0));

function header(request: IncomingMessage, name: string): string | undefined {
  const value = request.headers[name];
  return typeof value === 'string' ? value : undefined;
}
