// The page at /graphiql. Bundled by scripts/build-graphiql.js; everything it loads lies beside it.
import { GraphiQL } from 'graphiql';
import 'graphiql/style.css';
import { createElement } from 'react';
import { createRoot } from 'react-dom/client';

const workers = {
  json: '/graphiql/json.worker.js',
  graphql: '/graphiql/graphql.worker.js',
};

globalThis.MonacoEnvironment = {
  getWorker: (_id, label) => new Worker(workers[label] ?? '/graphiql/editor.worker.js'),
};

const welcome = `# This is GraphiQL, served by the gateway itself.
# Write an operation here and run it with Control-Enter (Command-Enter on a Mac).
# Control-Space suggests fields; the book at the left shows the schema.
# The request header trellis-query-plan: 1 (see "Headers" below) shows how the answer was fetched.

`;

async function fetcher(parameters, { headers } = {}) {
  const response = await fetch('/graphql', {
    method: 'POST',
    headers: {
      accept: 'application/graphql-response+json, application/json',
      'content-type': 'application/json',
      ...headers,
    },
    body: JSON.stringify(parameters),
  });
  return response.json();
}

createRoot(document.getElementById('graphiql')).render(
  createElement(GraphiQL, { fetcher, defaultQuery: welcome, shouldPersistHeaders: false }),
);
