import { ApolloServer } from '@apollo/server';
import { startStandaloneServer } from '@apollo/server/standalone';
import { applyMiddleware } from 'graphql-middleware';
import { rule, shield } from 'graphql-shield';
import { readEnvironment } from '../read-environment.ts';
import { createMonolithSchema, root } from './schema.ts';

/**
 * All the data of the benchmark in one Apollo Server, without rules or with graphql-shield's on the fields that the gateway's
 * contestants have rules on: `contextual` or `by-object` as argument.
 */
const { port } = readEnvironment();
const [kind = 'none'] = process.argv.slice(2);

const isAllowed = rule('isAllowed', { cache: 'contextual' })(async () => true);
const seesUser = rule('seesUser', { cache: 'strict' })(
  async ({ id }: { readonly id: string }) => id !== '',
);
const seesProduct = rule('seesProduct', { cache: 'strict' })(
  async ({ upc }: { readonly upc: string }) => upc !== '',
);
const rules =
  kind === 'contextual'
    ? { User: { name: isAllowed }, Product: { price: isAllowed } }
    : { User: { name: seesUser }, Product: { price: seesProduct } };

const schema = createMonolithSchema();
const server = new ApolloServer({
  schema: kind === 'none' ? schema : applyMiddleware(schema, shield(rules)),
  rootValue: () => root,
});
await startStandaloneServer(server, { listen: { port, host: '127.0.0.1' } });
