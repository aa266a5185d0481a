import { parseArgs } from 'node:util';
import { runProcess } from '@trellis/platform/lifecycle';
import { createLog } from '@trellis/platform/log';
import { readGatewayConfig } from './config.ts';
import { startGateway } from './gateway.ts';

const help = `Serves a federated graph.

Usage: trellis gateway [options]

  --supergraph FILE|URL  the composed supergraph       (environment SUPERGRAPH; default supergraph.graphql)
  --port N               port to listen at             (environment PORT; default 4000)
  --host H               address to listen at          (environment HOST; default 127.0.0.1)
  --config FILE          settings, see docs/settings.md (environment GATEWAY_CONFIG; default gateway.yaml if there)
  --help                 this text

NODE_ENV=production switches off introspection, the explorers, suggestions and plan views.
GraphQL is answered at /graphql and /, health at /health/live and /health/ready.
`;

function readArguments(): Record<string, string | boolean | undefined> {
  const text = { type: 'string' } as const;
  try {
    const { values } = parseArgs({
      options: {
        supergraph: text,
        port: text,
        host: text,
        config: text,
        help: { type: 'boolean', short: 'h' },
      },
    });
    return values;
  } catch (error) {
    process.stderr.write(`${(error as Error).message}\n\n${help}`);
    process.exit(2);
  }
}

const { env } = process;
const flags = readArguments() as Record<
  'supergraph' | 'port' | 'host' | 'config',
  string | undefined
>;
if ('help' in flags) {
  process.stdout.write(help);
  process.exit(0);
}
const log = createLog('gateway');
await runProcess(log, async () => {
  const config = readGatewayConfig(flags.config ?? (env['GATEWAY_CONFIG'] || undefined), {
    supergraph: flags.supergraph ?? (env['SUPERGRAPH'] || undefined),
    host: flags.host ?? (env['HOST'] || undefined),
    port: flags.port ?? (env['PORT'] || undefined),
  });
  const gateway = await startGateway({ config, log });
  log.info(
    { url: `${gateway.url}/graphql`, engine: config.engine, server: config.server },
    'ready',
  );
  return gateway;
});
