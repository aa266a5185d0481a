import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { BrowserContext, Page } from 'playwright-core';
import { findBrowser, openBrowser } from '../harness/open-browser.ts';
import { startCrowdGateway, type CrowdGateway } from '../integration/crowd/crowd-gateways.ts';
import { Crowd, makeFields, makeId } from '../integration/crowd/crowd-people.ts';
import { startCrowdSubgraphs, type CrowdSubgraph } from '../integration/crowd/crowd-subgraphs.ts';

const browserPath = findBrowser();
/** graphiql.test.ts says why where there is no browser. */
const describeWithBrowser = browserPath === undefined ? describe.skip : describe;

const friends = Array.from({ length: 12 }).reduce<string>(
  (inner) => `friend { name score rank ${inner} }`,
  'name',
);
const deep = `query Friends($id: ID!) { person(id: $id) { base ${friends} } }`;

describeWithBrowser('a person who wants to know how an operation is answered', () => {
  const crowd = new Crowd();
  const world = crowd.begin(new Map([[5, 'refused']]));
  let subgraphs: CrowdSubgraph[];
  let gateway: CrowdGateway;
  let browser: BrowserContext;
  let page: Page;

  beforeAll(async () => {
    subgraphs = await startCrowdSubgraphs(makeFields(crowd), crowd);
    [gateway, browser] = await Promise.all([
      startCrowdGateway(subgraphs, {
        name: 'shown',
        mergeFetches: true,
        shareOperations: true,
        batchEntities: true,
        shareInFlight: true,
      }),
      openBrowser(browserPath ?? ''),
    ]);
    page = await browser.newPage();
    await page.goto(`${gateway.url}/plan`);
  }, 120_000);
  afterAll(async () => {
    await browser.close();
    await gateway.stop();
    await Promise.all(subgraphs.map((each) => each.stop()));
  }, 60_000);

  async function run(query: string, variables = '', headers = ''): Promise<string> {
    await page.getByLabel('Operation').fill(query);
    await page.getByLabel('Variables (JSON)').fill(variables);
    await page.getByLabel('Headers (JSON)').fill(headers);
    await page.getByRole('button', { name: 'Run' }).click();
    await page.locator('#result:not([aria-busy])').waitFor();
    return (await page.locator('#result').innerText()).replace(/\s+/g, ' ');
  }

  async function takePicture(name: string): Promise<void> {
    const folder = process.env['PICTURES'];
    if (folder) await page.screenshot({ path: `${folder}/${name}.png`, fullPage: true });
  }

  test('sees waves, times, sizes and the fetches of the printed plan under their numbers', async () => {
    const text = await run(deep, JSON.stringify({ id: makeId(world, 1) }));
    await takePicture('deep');
    expect(text).toMatch(/The last run \d+(\.\d+)? ms in \d waves · \d+ fetches.* · answer of \d/);
    expect(text).toMatch(/#1 people 1 [\d.]+ ms [\d.]+ ms \d+ B \d+ B 0 own request/);
    expect(text).not.toContain('NaN');
    const numbers = await page.locator('td a').allInnerTexts();
    for (const label of numbers) {
      const [number = '', subgraph = ''] = label.split(' ');
      const block = page.locator(`#fetch-${number.slice(1)}`);
      expect(await block.innerText()).toContain(`${number} ${subgraph}`);
    }
    const waves = (await page.locator('svg .strong').allTextContents()).toSorted();
    expect(waves).toEqual(['Wave 1', 'Wave 2', 'Wave 3', 'Wave 4']);
    expect(page.url()).toContain('query=query+Friends');
  });

  test('sees which fetch failed, and that a gateway refuses', async () => {
    const text = await run(
      'query ($ids: [ID!]!) { people(ids: $ids) { id name score } }',
      JSON.stringify({ ids: [makeId(world, 5), makeId(world, 6)] }),
    );
    await takePicture('failed');
    expect(text).toContain(
      'A subgraph answered with an error status. (SUBREQUEST_HTTP_ERROR at people.0)',
    );
    expect(text).toContain('1 with errors');
    expect(await page.locator('svg .failed').count()).toBe(1);
    expect(await run('{ nobody }')).toContain('GRAPHQL_VALIDATION_FAILED');
    expect(await run('{ me }', '{ "id": ')).toContain('The variables are no JSON');
    expect(await run('{ me }', '', 'x')).toContain('The headers are no JSON');
    expect(await run('{ me }', '', '{"x-tenant": "red"}')).toContain('for anyone@red');
  });

  test('reads it on a narrow screen and in the dark', async () => {
    await run(deep, JSON.stringify({ id: makeId(world, 1) }));
    await page.emulateMedia({ colorScheme: 'dark' });
    await takePicture('dark');
    await page.setViewportSize({ width: 380, height: 800 });
    const drawing = page.locator('svg');
    while (((await drawing.boundingBox())?.width ?? Infinity) > 380) {
      await new Promise((resolve) => setImmediate(resolve));
    }
    await takePicture('narrow');
    const isWiderThanScreen = await page.evaluate(
      'document.documentElement.scrollWidth > document.documentElement.clientWidth',
    );
    expect(isWiderThanScreen).toBe(false);
    const letters = await page.locator('svg text').first().boundingBox();
    expect(letters?.height).toBeGreaterThan(11);
    const colors = await page.evaluate(
      '[getComputedStyle(document.body).color, getComputedStyle(document.body).backgroundColor]',
    );
    expect(colors).toEqual(['rgb(227, 231, 236)', 'rgb(20, 23, 27)']);
  });
});
