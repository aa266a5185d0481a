import type { IncomingMessage, ServerResponse } from 'node:http';
import { planPage } from '../explain/plan-page.ts';
import { readGraphiqlFile } from './graphiql.ts';
import { renderSandboxPage } from './sandbox.ts';

/** GraphiQL is bundled with everything it needs: nothing may be loaded from anywhere else. */
const ownFilesOnly =
  "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self' data:; worker-src 'self' blob:; frame-ancestors 'none'";

/**
 * Answers the pages of development: Sandbox, GraphiQL and the plan page.
 * @param path the address without its query string
 * @returns false when the address is none of theirs
 */
export async function servePage(
  request: IncomingMessage,
  response: ServerResponse,
  path: string,
): Promise<boolean> {
  if (request.method !== 'GET' && request.method !== 'HEAD') return false;
  if (path === '/graphiql' || path.startsWith('/graphiql/')) {
    const file = await readGraphiqlFile(path.slice('/graphiql'.length));
    if (file) {
      writePage(response, file.content, { type: file.type, policy: ownFilesOnly });
    } else {
      const message =
        'This file of GraphiQL is missing. Make it with: npm run build -w @trellis/gateway\n';
      writePage(response, Buffer.from(message), { status: 404, type: 'text/plain; charset=utf-8' });
    }
    return true;
  }
  if (path === '/plan') {
    writePage(response, Buffer.from(planPage), { type: htmlType, policy: ownFilesOnly });
    return true;
  }
  return false;
}

/** Answers the landing page. */
export async function serveLandingPage(response: ServerResponse): Promise<void> {
  // The page brings its own content security policy.
  writePage(response, Buffer.from(await renderSandboxPage()), { type: htmlType });
}

const htmlType = 'text/html; charset=utf-8';

interface PageOptions {
  readonly type: string;
  readonly status?: number;
  readonly policy?: string;
}

function writePage(response: ServerResponse, content: Buffer, options: PageOptions): void {
  response.writeHead(options.status ?? 200, {
    'content-type': options.type,
    'content-length': content.length,
    'cache-control': 'no-cache',
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'no-referrer',
    ...(options.policy ? { 'content-security-policy': options.policy } : {}),
  });
  response.end(response.req.method === 'HEAD' ? undefined : content);
}
