import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { BrowserContext } from 'playwright-core';
import { seedId } from '@trellis/kit/seed-id';
import { seededPerson } from '@trellis/kit/seeded-people';
import { findBrowser, openBrowser } from '../harness/open-browser.ts';
import { startPlatform, type Platform } from '../harness/start-platform.ts';

const browserPath = findBrowser();
if (browserPath === undefined) {
  process.stderr.write(
    'Skipped: no browser. Install one (Debian: apt-get install chromium) or name it in CHROMIUM.\n',
  );
}

/** Skipped with its reason printed where there is no browser; CI fails on skips. */
const describeWithBrowser = browserPath === undefined ? describe.skip : describe;

describeWithBrowser('a person in front of a browser', () => {
  let platform: Platform;
  let browser: BrowserContext;
  beforeAll(async () => {
    [platform, browser] = await Promise.all([startPlatform(), openBrowser(browserPath ?? '')]);
  }, 240_000);
  afterAll(async () => {
    await browser.close();
    await platform.stop();
  }, 60_000);

  test('types a query across four services into GraphiQL and sees the answer', async () => {
    const page = await browser.newPage();
    const foreign: string[] = [];
    page.on('request', (request) => {
      const url = request.url();
      if (!url.startsWith(platform.url) && !/^(data|blob):/.test(url)) foreign.push(url);
    });
    await page.goto(`${platform.url}/graphiql`);
    const editor = page.locator('.graphiql-query-editor .monaco-editor').first();
    await editor.waitFor({ timeout: 60_000 });
    await editor.click();
    await page.keyboard.press('Control+A');
    await page.keyboard.press('Delete');
    // Typed letter by letter, as a person does: the editor closes brackets by itself and types over its own.
    await page.keyboard.type(
      `{ product(id: "${seedId('product', 0)}") { name inStock reviews(first: 1) { nodes { author { name } } } } }`,
    );
    await page.keyboard.press('Escape');
    await page.keyboard.press('Control+Enter');
    const answer = page.locator('.graphiql-response');
    await answer.getByText('inStock').waitFor({ timeout: 30_000 });
    const text = (await answer.innerText()).replace(/\s+/g, ' ');
    expect(text).toContain('"product"');
    expect(text).toContain('"author"');
    expect(text).not.toContain('"errors"');
    expect(foreign).toEqual([]);
  });

  test('signs in as one user after the other, and the same query answers each differently', async () => {
    const page = await browser.newPage();
    await page.goto(`${platform.url}/graphiql`);
    await page.locator('.graphiql-query-editor .monaco-editor').first().waitFor();

    const run = async (): Promise<string> => {
      await page.getByRole('tab', { name: 'WhoSeesWhat' }).click();
      await page.getByRole('button', { name: 'Execute query' }).click();
      const answer = page.locator('.graphiql-response');
      await answer.getByText('orderCount').first().waitFor();
      return (await answer.innerText()).replace(/\s+/g, ' ');
    };
    const signIn = async (button: string, username: string): Promise<void> => {
      await page.getByRole('button', { name: button }).click();
      await page.getByText('Development only').waitFor();
      await page.getByRole('button', { name: username }).click();
      await page.getByText(`You are ${username}.`).waitFor();
      expect(page.url()).toBe(`${platform.url}/graphiql`);
    };

    await page.getByText('You are nobody in particular.').waitFor();
    expect(await run()).toContain('UNAUTHENTICATED');

    await signIn('Sign in', seededPerson(1).username);
    const toSupport = await run();
    expect(toSupport).toContain('@example.com');
    expect(toSupport).toContain('"paymentMethods": null');
    expect(toSupport).toContain('FORBIDDEN');

    await signIn('Be somebody else', seededPerson(109).username);
    const toAuthor = await run();
    expect(toAuthor).toContain('@example.com');
    expect(toAuthor).toContain('"__typename"');
    expect(toAuthor).not.toContain('errors');

    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.getByText('You are nobody in particular.').waitFor();
    expect(await run()).toContain('UNAUTHENTICATED');
    await page.close();
  });

  test('lands on a page that leads to a sandbox', async () => {
    const page = await browser.newPage();
    const response = await page.goto(`${platform.url}/`);
    expect(response?.status()).toBe(200);
    expect(await page.title()).toMatch(/sandbox|trellis/i);
  });
});
