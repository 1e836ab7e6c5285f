import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import type { AxeResults, RunOptions } from 'axe-core'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { sampleFile } from './helpers/sample-trace.ts'
import { openViewerPages, type PageOptions, type ViewerPages } from './helpers/viewer-pages.ts'

let pages: ViewerPages
let axe = ''
beforeAll(async () => {
  pages = await openViewerPages()
  pages.files.set('/sample.safetensors', sampleFile())
  axe = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
})
afterAll(() => pages.close())

/** What a page around the element is to have, not the element. */
const OF_THE_PAGE = ['landmark-one-main', 'page-has-heading-one', 'region']
const OPTIONS: RunOptions = { rules: Object.fromEntries(OF_THE_PAGE.map((rule) => [rule, { enabled: false }])) }

/** What axe finds: rules and the places that break them. */
async function violations(page: Page): Promise<string[]> {
  await page.evaluate(axe)
  const found = (await page.evaluate(
    (options) => (globalThis as unknown as { axe: { run(options: unknown): Promise<AxeResults> } }).axe.run(options),
    OPTIONS,
  )) as AxeResults
  return found.violations.flatMap(({ id, nodes }) => nodes.map(({ target }) => `${id}: ${target.join(' ')}`))
}

const SAMPLE = '<activation-viewer src="/sample.safetensors"'
const shown = (page: Page) => page.getByRole('heading', { name: 'rectangle' }).first().waitFor()
const states: Record<string, [body: string, options: PageOptions, ready: (page: Page) => Promise<void>]> = {
  'nothing to show': ['<activation-viewer></activation-viewer>', {}, (page) => page.locator('[part=base]').waitFor()],
  light: [`${SAMPLE}></activation-viewer>`, {}, shown],
  dark: [`${SAMPLE}></activation-viewer>`, { colours: 'dark' }, shown],
  'on a phone': [`${SAMPLE}></activation-viewer>`, { width: 390, height: 844 }, shown],
  'on a phone, dark, from right to left': [
    `${SAMPLE}></activation-viewer>`,
    { width: 390, height: 844, colours: 'dark', direction: 'rtl' },
    shown,
  ],
  'two compared': [`${SAMPLE} compare-src="/sample.safetensors"></activation-viewer>`, {}, shown],
  'under the slider': [
    `${SAMPLE} arrangement="slider"></activation-viewer>`,
    {},
    (page) => page.locator('[part=divider]').waitFor(),
  ],
  'a failure': [
    '<activation-viewer src="/nowhere.safetensors"></activation-viewer>',
    {},
    (page) => page.getByRole('alert').waitFor(),
  ],
}

for (const [state, [body, options, ready]] of Object.entries(states)) {
  test(`axe finds nothing: ${state}`, async () => {
    const { page } = await pages.open(body, options)
    await ready(page)
    expect(await violations(page)).toEqual([])
    await page.close()
  })
}

test('axe finds what is wrong, so that finding nothing says something', async () => {
  const { page } = await pages.open('<button></button>')
  expect(await violations(page)).toEqual(['button-name: button'])
  await page.close()
})
