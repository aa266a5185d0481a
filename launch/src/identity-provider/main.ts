import { join } from 'node:path';
import { findTrellisHome } from '@trellis/kit/trellis-home';
import { runProcess } from '@trellis/platform/lifecycle';
import { createLog } from '@trellis/platform/log';
import { stateFileName } from './provider-state.ts';
import { startIdentityProvider } from './start-identity-provider.ts';

const { env } = process;
const log = createLog('identity');
await runProcess(log, async () => {
  const provider = await startIdentityProvider({
    port: Number(env['IDENTITY_PORT'] ?? 4010),
    stateFile: join(findTrellisHome(env, process.cwd()), stateFileName),
    gatewayOrigins: (env['IDENTITY_GATEWAY_ORIGINS'] ?? 'http://127.0.0.1:4000').split(' '),
    log,
    env,
  });
  process.on('SIGHUP', () => void provider.rotateKeys());
  log.info({ url: provider.url }, 'ready');
  return provider;
});
