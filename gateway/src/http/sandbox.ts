import { ApolloServerPluginLandingPageLocalDefault } from '@apollo/server/plugin/landingPage/default';

const offlineNote = 'it appears that you might be offline.';

/**
 * Apollo Sandbox as the landing page, for development. The page loads itself from Apollo's servers; without
 * internet it points to GraphiQL, which is served from our own files.
 */
export async function renderSandboxPage(): Promise<string> {
  const plugin = ApolloServerPluginLandingPageLocalDefault({
    footer: false,
    embed: { runTelemetry: false },
  });
  // The plugin renders without looking at the server it belongs to.
  const listener = await plugin.serverWillStart?.({} as never);
  const page = (listener ? await listener.renderLandingPage?.() : undefined)?.html ?? '';
  const html = typeof page === 'function' ? await page() : page;
  return html
    .replace('Welcome to Apollo Server', 'Trellis')
    .replace('<title>Apollo Server</title>', '<title>Trellis: Apollo Sandbox</title>')
    .replace(
      offlineNote,
      `${offlineNote} <a href="/graphiql">GraphiQL</a> works without the internet.`,
    );
}
