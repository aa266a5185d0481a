import { composeServices } from '@apollo/composition';
import { describe, expect, test } from '@jest/globals';
import { parse } from 'graphql';
import { startTestGateway } from '../testing/start-test-gateway.ts';

const federation = (imports: string): string =>
  `extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: [${imports}])`;

function compose(sdl: string): string {
  const typeDefs = parse(sdl);
  const { supergraphSdl = '' } = composeServices([
    { name: 'people', url: 'http://people.invalid', typeDefs },
  ]);
  return supergraphSdl;
}

const open = compose(`${federation('"@key"')} type Query { name: String salary: Int }`);
const ruled = compose(
  `${federation('"@authenticated"')} type Query { name: String salary: Int @authenticated }`,
);

describe.each(['trellis', 'apollo'] as const)('what errors suggest with server: %s', (server) => {
  const askSalry = async (sdl: string): Promise<string | undefined> => {
    const gateway = await startTestGateway(sdl, { settings: { server } });
    const { json } = await gateway.ask({ query: '{ salry }' });
    await gateway.stop();
    return json?.errors?.[0]?.message;
  };

  test('is any name where everybody may see all of the schema', async () => {
    expect(await askSalry(open)).toBe(
      'Cannot query field "salry" on type "Query". Did you mean "salary"?',
    );
  });

  test('is no name that an access directive hides, without any settings', async () => {
    expect(await askSalry(ruled)).toBe('Cannot query field "salry" on type "Query".');
  });
});
