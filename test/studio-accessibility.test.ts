import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { violations } from './helpers/axe.ts'
import { openStudio, type Studio, type StudioPageOptions } from './helpers/studio.ts'

let studio: Studio
beforeAll(async () => {
  studio = await openStudio({ webgpu: false })
})
afterAll(() => studio?.[Symbol.asyncDispose]())

const opened = (page: Page) => page.locator('look-panel .explanation [data-fact=rowSum]').waitFor()
const untrainable = (page: Page) => page.getByText('Nothing can be trained here').waitFor()
const study = (page: Page) => page.getByText('Shown: the example study').waitFor()

const broken = { mimeType: '', buffer: Buffer.from('nothing of the kind') }
const PHONE = { width: 390, height: 844 }

/** States without WebGPU; those with it are looked at in studio-live.test.ts. */
const states: Record<string, [query: string, options: StudioPageOptions, ready: (page: Page) => Promise<void>]> = {
  'a recorded trace': ['', {}, opened],
  'a recorded trace, dark': ['', { colours: 'dark' }, opened],
  'a recorded trace, on a phone': ['', PHONE, opened],
  'a trace that is none': [
    '?trace=contents.json',
    {},
    (page) => page.getByRole('alert').filter({ hasText: 'contents.json' }).waitFor(),
  ],
  'weights that are none': [
    '',
    {},
    async (page) => {
      await opened(page)
      await page.getByLabel('Own weights…').setInputFiles({ ...broken, name: 'broken.safetensors' })
      await page.getByRole('alert').filter({ hasText: 'broken.safetensors' }).waitFor()
    },
  ],
  'training that cannot be': ['?tab=train', {}, untrainable],
  'training that cannot be, on a phone, dark': ['?tab=train', { ...PHONE, colours: 'dark' }, untrainable],
  'a study': ['?tab=study', {}, study],
  'a study, on a phone, dark': ['?tab=study', { ...PHONE, colours: 'dark' }, study],
  'a study file that is none': [
    '?tab=study',
    { colours: 'dark' },
    async (page) => {
      await study(page)
      await page.getByLabel('Open study files…').setInputFiles({ ...broken, name: 'study.json' })
      await page.getByRole('alert').filter({ hasText: 'study.json' }).waitFor()
    },
  ],
}

for (const [state, [query, options, ready]] of Object.entries(states)) {
  test(`axe finds nothing in the studio: ${state}`, async () => {
    await using shown = await studio.open(query, options)
    await ready(shown.page)
    expect(await violations(shown.page)).toEqual([])
  })
}

test('axe finds what is wrong in the studio’s shadow trees, so that finding nothing says something', async () => {
  await using shown = await studio.open()
  await opened(shown.page)
  await shown.page
    .locator('look-panel')
    .evaluate((panel) => panel.shadowRoot?.querySelector('form')?.append(document.createElement('button')))
  expect(await violations(shown.page)).toEqual(['button-name: studio-app,look-panel,button'])
})
