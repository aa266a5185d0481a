// The page at /graphiql. Bundled by scripts/build-graphiql.js; everything it loads lies beside it.
import { Kind, parse } from 'graphql';
import { GraphiQL } from 'graphiql';
import 'graphiql/style.css';
import { createElement } from 'react';
import { createRoot } from 'react-dom/client';
import { beginSignIn, endSession, finishSignIn, readSession } from './session.js';

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

async function fetcher(parameters, { headers = {} } = {}) {
  const session = readSession();
  const response = await fetch('/graphql', {
    method: 'POST',
    headers: {
      accept: 'application/graphql-response+json, application/json',
      'content-type': 'application/json',
      ...(session ? { authorization: `Bearer ${session.token}` } : {}),
      ...lowerNames(headers),
    },
    body: JSON.stringify(withKnownName(parameters)),
  });
  return response.json();
}

/** GraphiQL goes on naming the operation that a tab began with after the person has written another. */
function withKnownName({ operationName, ...parameters }) {
  return holdsOperation(parameters.query, operationName)
    ? { ...parameters, operationName }
    : parameters;
}

function holdsOperation(query, wanted) {
  try {
    return parse(query).definitions.some(
      ({ name, kind }) => kind === Kind.OPERATION_DEFINITION && name?.value === wanted,
    );
  } catch {
    // The gateway says what is wrong with it.
    return false;
  }
}

/** A header that the person writes goes before the one of the session, however it is spelled. */
function lowerNames(headers) {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]),
  );
}

/** The line above GraphiQL: who asks, and how to be somebody else. */
function showSession(signIn) {
  const bar = document.getElementById('session');
  const session = readSession();
  const who = document.createElement('span');
  who.textContent = session ? `You are ${session.name}.` : 'You are nobody in particular.';
  bar.replaceChildren(who, button(session ? 'Be somebody else' : 'Sign in', begin));
  if (session) bar.append(button('Sign out', end));
  bar.hidden = false;

  function begin() {
    beginSignIn(signIn).catch((error) => showProblem(bar, error));
  }
  function end() {
    endSession();
    // Also the schema is another one for somebody else.
    location.reload();
  }
}

function button(text, onClick) {
  const element = document.createElement('button');
  element.textContent = text;
  element.addEventListener('click', onClick);
  return element;
}

function showProblem(bar, error) {
  const problem = document.createElement('span');
  problem.setAttribute('role', 'alert');
  problem.textContent = `Signing in failed: ${error.message}`;
  bar.append(problem);
}

const settings = await fetch('/graphiql/settings.json').then((response) => response.json());
if (settings.signIn) {
  const failed = await finishSignIn(settings.signIn).then(
    () => undefined,
    (error) => error,
  );
  showSession(settings.signIn);
  if (failed) showProblem(document.getElementById('session'), failed);
}

const tabs = settings.samples.map((query) => ({ query }));
createRoot(document.getElementById('graphiql')).render(
  createElement(GraphiQL, {
    fetcher,
    shouldPersistHeaders: false,
    ...(tabs.length > 0 ? { defaultTabs: tabs } : { defaultQuery: welcome }),
  }),
);
