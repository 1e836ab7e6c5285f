import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { eventually, textOf } from './helpers/eventually.ts'
import { sampleFile } from './helpers/sample-trace.ts'
import { openViewerPages, type ViewerPages } from './helpers/viewer-pages.ts'

let pages: ViewerPages
beforeAll(async () => {
  pages = await openViewerPages()
  pages.files.set('/sample.safetensors', sampleFile())
})
afterAll(() => pages.close())

const opened = async (attributes = '', options = {}): Promise<Page> => {
  const { page } = await pages.open(
    `<activation-viewer src="/sample.safetensors" ${attributes}></activation-viewer>`,
    options,
  )
  await page.getByRole('slider', { name: 'Pixel cursor' }).waitFor()
  return page
}

/** Presses Tab until something of a role and name has the focus. */
async function tabTo(page: Page, role: Parameters<Page['getByRole']>[0], name: string | RegExp): Promise<void> {
  const wanted = page.getByRole(role, { name }).first()
  for (let i = 0; i < 60; i++) {
    await page.keyboard.press('Tab')
    if (await wanted.evaluate((element) => (element.getRootNode() as ShadowRoot).activeElement === element)) return
  }
  throw new Error(`Tab does not reach ${role} ${name}`)
}

const attribute = (page: Page, name: string) => page.locator('activation-viewer').getAttribute(name)
const spoken = (page: Page) => page.getByRole('slider', { name: 'Pixel cursor' }).getAttribute('aria-valuetext')
const announced = (page: Page) => textOf(page.locator('[role=status]'))

test('the pixel cursor goes by one, with Shift by ten, and to the ends; Enter explains its pixel and says so', async () => {
  const page = await opened()
  await tabTo(page, 'slider', 'Pixel cursor')
  await eventually(() => spoken(page)).toMatch(/^pixel 5, 4, Denoised 0\.75/)
  for (const key of ['ArrowRight', 'ArrowRight', 'ArrowDown']) await page.keyboard.press(key)
  await eventually(() => spoken(page)).toMatch(/^pixel 7, 5,/)
  await page.keyboard.press('Enter')
  await eventually(() => attribute(page, 'target')).toBe('pixel:7,5')
  await eventually(() => announced(page)).toBe('Pixel filter: pixel 7, 5 of the denoised image, Row sum 1')
  await page.keyboard.press('Shift+ArrowLeft')
  await eventually(() => spoken(page)).toMatch(/^pixel 0, 5,/)
  await page.keyboard.press('End')
  await page.keyboard.press('PageDown')
  await eventually(() => spoken(page)).toMatch(/^pixel 11, 9,/)
  await page.keyboard.press('Escape')
  await eventually(() => spoken(page)).toBe('Point at a pixel')
  await page.close()
})

test('layers and channels are reached by arrows, Home and End, and Escape goes from the channels to their layer', async () => {
  const page = await opened()
  await tabTo(page, 'button', /^conv,/)
  await page.keyboard.press('ArrowDown')
  await page.keyboard.press('Enter')
  await eventually(() => attribute(page, 'layer')).toBe('pool')
  await page.keyboard.press('Home')
  await page.keyboard.press(' ')
  await eventually(() => attribute(page, 'layer')).toBe('conv')
  await tabTo(page, 'option', /^Channel 0/)
  for (const [key, channel] of [
    ['ArrowRight', 1],
    ['End', 5],
    ['ArrowLeft', 4],
    ['Shift+ArrowLeft', 0],
    ['ArrowRight', 1],
  ] as const) {
    await page.keyboard.press(key)
    await eventually(() => page.evaluate(() => document.querySelector('activation-viewer')?.channel)).toBe(channel)
  }
  await eventually(() => page.locator('.cell[aria-selected=true]').getAttribute('aria-label')).toMatch(
    /^Channel 1, energy/,
  )
  await page.keyboard.press('Escape')
  expect(
    await page.evaluate(() =>
      document.querySelector('activation-viewer')?.shadowRoot?.activeElement?.textContent?.trim(),
    ),
  ).toBe('conv')
  await page.close()
})

test('the comparison slider moves by arrows, in reading direction, and speaks its value', async () => {
  for (const [direction, key] of [
    ['ltr', 'ArrowRight'],
    ['rtl', 'ArrowLeft'],
  ] as const) {
    const page = await opened('arrangement="slider"', { direction })
    await tabTo(page, 'slider', 'Comparison slider')
    await page.keyboard.press(`Shift+${key}`)
    await page.keyboard.press(key)
    const slider = page.getByRole('slider', { name: 'Comparison slider' })
    await eventually(() => slider.getAttribute('aria-valuetext')).toBe('Noisy 61%, Denoised 39%')
    await page.keyboard.press('Home')
    await eventually(() => slider.getAttribute('aria-valuenow')).toBe('0')
    await page.close()
  }
})

test('a region is brushed, cleared and a method chosen by keys alone', async () => {
  const page = await opened()
  await tabTo(page, 'button', 'Brush a region')
  await page.keyboard.press('Enter')
  await tabTo(page, 'slider', 'Pixel cursor')
  await page.keyboard.press('Enter')
  await eventually(() => attribute(page, 'target')).toMatch(/^region:runs:/)
  await page.getByText(/Sum of the \d recorded filters/).waitFor()
  await page.getByRole('button', { name: 'Clear' }).press('Enter')
  await eventually(() => textOf(page.locator('.explanation b'))).toBe('pixel 5, 4')
  await page.getByLabel('Method').press('L')
  await eventually(() => attribute(page, 'method')).toBe('layercam')
  await page.close()
})

test('plus and minus zoom all images in step, and 0 shows the whole again', async () => {
  const page = await opened()
  await tabTo(page, 'slider', 'Pixel cursor')
  const transforms = () =>
    page
      .locator('.tile .plane')
      .evaluateAll((planes) => [...new Set(planes.map((each) => (each as HTMLElement).style.transform))])
  await page.keyboard.press('+')
  await eventually(transforms).toEqual([expect.stringMatching(/^scale\(1\.5\)/)])
  await page.keyboard.press('0')
  await eventually(transforms).toEqual([expect.stringMatching(/^scale\(1\)/)])
  await page.close()
})
