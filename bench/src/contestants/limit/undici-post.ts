import { Pool } from 'undici';
import { callerHeader } from '../../workloads.ts';
import type { Post, SubgraphAnswer } from './post.ts';

/** The same over undici's pool, as its documentation shows. */
export function createUndiciPost(port: number): Post {
  const pool = new Pool(`http://127.0.0.1:${port}`, { connections: 512 });
  return async ({ subgraph, body, caller }) => {
    const response = await pool.request({
      path: `/${subgraph}`,
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        ...(caller !== undefined && { [callerHeader]: caller }),
      },
      body,
    });
    return (await response.body.json()) as SubgraphAnswer;
  };
}
