import { register } from 'node:module';

/** The gateway with its transport to subgraphs replaced: see bare-client.ts. */
register('./replace-client.js', import.meta.url);
await import(new URL('../../../../gateway/dist/main.js', import.meta.url).href);
