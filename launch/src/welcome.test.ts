import { describe, expect, test } from '@jest/globals';
import { welcome } from './welcome.ts';

const facts = {
  url: 'http://127.0.0.1:4000',
  home: '/srv/.trellis',
  seconds: 3.14,
  usesFreePorts: false,
  isProduction: false,
};

describe('what is shown when the platform is ready', () => {
  test('names every page, and no token for the usual ports', () => {
    const text = welcome(facts);
    for (const path of ['/graphql', '/graphiql', '/plan', '/']) {
      expect(text).toMatch(new RegExp(`http://127\\.0\\.0\\.1:4000${path}(\\s|$)`, 'm'));
    }
    expect(text).not.toContain('token');
  });

  test('says how to reach the gateway on ports that were just free', () => {
    const text = welcome({ ...facts, url: 'http://127.0.0.1:40123', usesFreePorts: true });
    expect(text).toContain('npm run -s token -- USERNAME --url http://127.0.0.1:40123/graphql');
  });

  test('names no page in production, where there is none', () => {
    const text = welcome({ ...facts, isProduction: true });
    expect(text).toContain('http://127.0.0.1:4000/graphql');
    expect(text).not.toMatch(/graphiql|\/plan|Sandbox/);
  });
});
