import { readdirSync, readFileSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { join } from 'node:path';
import type { SignInOptions } from '../authentication/options.ts';
import { renderSandboxPage } from './sandbox.ts';
import { pageFolders, readStaticFile } from './static-file.ts';

/** GraphiQL is bundled with everything it needs: nothing may be loaded from anywhere else. */
const ownFilesOnly =
  "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self' data:; worker-src 'self' blob:; frame-ancestors 'none'";

export interface PagesOptions {
  /** How GraphiQL signs people in. */
  readonly signIn: SignInOptions | undefined;
  /** Folder of `.graphql` files that GraphiQL opens as tabs. */
  readonly samples: string | undefined;
}

export interface Pages {
  serveLandingPage(response: ServerResponse): Promise<void>;
  /**
   * Answers the pages of development: GraphiQL and the plan page.
   * @param path the address without its query string
   * @returns false when the address is none of theirs
   */
  servePage(request: IncomingMessage, response: ServerResponse, path: string): Promise<boolean>;
}

/** @throws Error when the folder of samples cannot be read */
export function createPages({ signIn, samples }: PagesOptions): Pages {
  const settings = Buffer.from(JSON.stringify({ signIn, samples: readSamples(samples) }));
  const connects = signIn
    ? [signIn.issuer, ...signIn.origins].map((each) => new URL(each).origin)
    : [];
  const policy =
    connects.length > 0
      ? `${ownFilesOnly}; connect-src 'self' ${connects.join(' ')}`
      : ownFilesOnly;
  return {
    serveLandingPage,
    async servePage(request, response, path) {
      if (request.method !== 'GET' && request.method !== 'HEAD') return false;
      if (path === '/graphiql/settings.json') {
        writePage(response, settings, { type: 'application/json', policy: ownFilesOnly });
        return true;
      }
      return serveFile(response, path, policy);
    },
  };
}

/** In the order of their names. */
function readSamples(folder: string | undefined): readonly string[] {
  if (folder === undefined) return [];
  const names = readdirSync(folder).filter((name) => name.endsWith('.graphql'));
  return names.toSorted().map((name) => readFileSync(join(folder, name), 'utf8'));
}

async function serveFile(response: ServerResponse, path: string, policy: string): Promise<boolean> {
  const [, name = '', ...rest] = path.split('/');
  if (name !== 'graphiql' && name !== 'plan') return false;
  const file = await readStaticFile(pageFolders[name], rest.map((part) => `/${part}`).join(''));
  if (file) {
    writePage(response, file.content, { type: file.type, policy });
  } else {
    const message = `This file of the page is missing. ${name === 'graphiql' ? 'Make it with: npm run build' : ''}\n`;
    writePage(response, Buffer.from(message), { status: 404, type: 'text/plain; charset=utf-8' });
  }
  return true;
}

/** Answers the landing page. */
async function serveLandingPage(response: ServerResponse): Promise<void> {
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
