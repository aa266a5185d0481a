import { serveSubgraphs } from './serve-subgraphs.ts';

const { server, port } = await serveSubgraphs(Number(process.env['SUBGRAPHS_PORT'] ?? 14200));
process.send?.({ port });
process.once('SIGTERM', () => {
  server.close();
  process.exit(0);
});
// The parent died without a word: nobody is left to answer to.
process.once('disconnect', () => process.exit(0));
