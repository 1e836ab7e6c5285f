import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { eventually, textOf } from './helpers/eventually.ts'
import { filterOf, HEIGHT, noisy, sampleFile, sampleTrace, WIDTH } from './helpers/sample-trace.ts'
import { openViewerPages, type ViewerPages } from './helpers/viewer-pages.ts'

let pages: ViewerPages
beforeAll(async () => {
  pages = await openViewerPages()
  pages.files.set('/sample.safetensors', sampleFile())
})
afterAll(() => pages.close())

const [frame] = sampleTrace.frames
const SAMPLE = '<activation-viewer src="/sample.safetensors"></activation-viewer>'

const denoisedAt = (x: number, y: number): number => frame.denoised?.data[y * WIDTH + x] as number

/** Where a pixel is on a picture, in CSS pixels of the window. */
async function placeOn(page: Page, selector: string, x: number, y: number): Promise<{ x: number; y: number }> {
  const plane = page.locator(`${selector} .plane`).first()
  await plane.scrollIntoViewIfNeeded()
  const box = await plane.boundingBox()
  if (box === null) throw new Error(`${selector} is not shown`)
  return { x: box.x + ((x + 0.5) * box.width) / WIDTH, y: box.y + ((y + 0.5) * box.height) / HEIGHT }
}

const fact = (page: Page, name: string) => page.locator(`.explanation [data-fact=${name}]`)

test('a recorded trace is shown with its completeness and scores, without any complaint', async () => {
  const { page, complaints } = await pages.open(SAMPLE)
  await page.getByRole('heading', { name: 'rectangle' }).waitFor()
  expect(
    await page.locator('.tile').evaluateAll((tiles) => tiles.map((tile) => (tile as HTMLElement).dataset.image)),
  ).toEqual(['clean', 'noisy', 'denoised', 'residual', 'noise', 'error'])
  expect(await textOf(fact(page, 'value'))).toBe(String(Number(denoisedAt(5, 4).toPrecision(4))))
  expect(await textOf(fact(page, 'rowSum'))).toBe('1')
  expect(await textOf(fact(page, 'effectivePixels'))).toBe('9')
  expect(await textOf(fact(page, 'completeness'))).toMatch(/^gap 0\.001 0\.1\d% of the whole$/)
  const score = page.locator('[data-score="F1 gap"]')
  expect(await score.locator('td').allInnerTexts()).toEqual(['0.125', '0.1 … 0.15'])
  expect(await textOf(page.locator('[data-score="average precision"] td').first())).toBe('not measured')
  expect(complaints).toEqual([])
  await page.close()
})

test('the pixel under the pointer is read in all images, the map, and the chosen channel', async () => {
  const { page } = await pages.open('<activation-viewer src="/sample.safetensors" channel="3"></activation-viewer>')
  const { x, y } = await placeOn(page, '[data-image=noisy]', 6, 5)
  await page.mouse.move(x, y)
  expect(await textOf(page.locator('.images .read-out'))).toBe('pixel 6, 5')
  const value = (name: string) => textOf(page.locator(`[data-image=${name}] .value`))
  expect(Number(await value('noisy'))).toBeCloseTo(noisy[5 * WIDTH + 6] as number, 3)
  expect(Number(await value('denoised'))).toBeCloseTo(denoisedAt(6, 5), 3)
  expect(Number(await textOf(page.locator('.channel [data-fact=activation]')))).toBeCloseTo(3 * denoisedAt(6, 5), 3)
  expect(await textOf(page.locator('.stage .read-out'))).toContain('Map 0.1111')
  await page.close()
})

test('a click on a pixel of the grid shows its filter, whose row sum it states', async () => {
  const { page } = await pages.open(SAMPLE)
  // At the corner the box reaches beyond the image, so the filter keeps only part of the brightness.
  for (const [column, row, rowSum] of [
    [11, 9, 0.4444],
    [7, 5, 1],
  ] as const) {
    const { x, y } = await placeOn(page, '[data-image=denoised]', column, row)
    await page.mouse.click(x, y)
    await eventually(() => textOf(fact(page, 'rowSum'))).toBe(String(rowSum))
  }
  expect(await textOf(fact(page, 'value'))).toBe(String(Number(denoisedAt(7, 5).toPrecision(4))))
  expect(await page.locator('.explanation .note').count()).toBe(0)
  await page.close()
})

test('a click beside the grid shows the nearest recorded filter and says so', async () => {
  const { page } = await pages.open(SAMPLE)
  const { x, y } = await placeOn(page, '[data-image=denoised]', 0, 0)
  await page.mouse.click(x, y)
  await eventually(() => textOf(page.locator('.explanation .note'))).toContain('nearest recorded pixel, 1, 1')
  const target = await page.locator('activation-viewer').getAttribute('target')
  expect(target).toBe('pixel:0,0')
  await page.close()
})

test('a brushed region shows the sum of the recorded filters in it, and the means of images and channel', async () => {
  const { page } = await pages.open(SAMPLE)
  await page.getByRole('button', { name: 'Brush a region' }).click()
  const from = await placeOn(page, '.stage', 3, 3)
  const to = await placeOn(page, '.stage', 7, 3)
  await page.mouse.move(from.x, from.y)
  await page.mouse.down()
  await page.mouse.move(to.x, to.y, { steps: 4 })
  await page.mouse.up()
  const note = page.locator('.explanation .note')
  await eventually(() => textOf(note)).toMatch(/Sum of the \d+ recorded filters/)
  const count = Number(/\d+/.exec(await textOf(note))?.[0])
  // Each of them, within the image, adds 1.
  await eventually(() => textOf(fact(page, 'rowSum'))).toBe(String(count))

  // All of the left half, whose means are known.
  const leftHalf = `region:0,0,${WIDTH / 2},${HEIGHT}`
  await page.locator('activation-viewer').evaluate((viewer, target) => viewer.setAttribute('target', target), leftHalf)
  const mean = (values: Float32Array) => {
    const left = values.filter((_, i) => i % WIDTH < WIDTH / 2)
    return Number((left.reduce((sum, value) => sum + value, 0) / left.length).toPrecision(4))
  }
  await eventually(() => textOf(fact(page, 'mean-noisy'))).toBe(String(mean(noisy)))
  const denoised = frame.denoised!.data
  expect(await textOf(fact(page, 'mean-denoised'))).toBe(String(mean(denoised)))
  await page.locator('activation-viewer').evaluate((viewer) => viewer.setAttribute('channel', '2'))
  // The sample's channel 2 is twice the denoised image.
  await eventually(() => textOf(page.locator('.channel [data-fact=mean]'))).toBe(
    String(mean(denoised.map((value) => 2 * value))),
  )
  await page.close()
})

test('every layer shows its map of the target, and a flat map is said in words', async () => {
  const { page } = await pages.open(SAMPLE)
  await page.getByRole('button', { name: 'LayerCAM at pool' }).waitFor()
  await page.getByLabel('Method').selectOption('gradcam')
  await page.getByText('The map is the same everywhere: it says nothing, so it is not drawn').first().waitFor()
  expect(await page.locator('.stage canvas.map').count()).toBe(0)
  await page.close()
})

test('what is not recorded is said, with how to record it', async () => {
  const { page } = await pages.open(
    '<activation-viewer src="/sample.safetensors" method="layercam" target="pixel:2,2"></activation-viewer>',
  )
  await page.getByText('This trace holds no LayerCAM of this target.').waitFor()
  await page.getByText('--target pixel:2,2').waitFor()
  await page.close()
})

test('going through the states of the training changes images, numbers and scores', async () => {
  const { page } = await pages.open(SAMPLE)
  await page.getByRole('slider', { name: 'State of the training' }).press('End')
  await eventually(() => textOf(fact(page, 'rowSum'))).toBe('0.5')
  const { x, y } = await placeOn(page, '[data-image=denoised]', 5, 4)
  await page.mouse.move(x, y)
  expect(Number(await textOf(page.locator('[data-image=denoised] .value')))).toBeCloseTo(denoisedAt(5, 4) / 2, 3)
  await page.close()
})

test('two traces are shown in step: same target, pointer and channel', async () => {
  const half = { ...sampleTrace, frames: [sampleTrace.frames[1] ?? frame] as const }
  pages.files.set('/half.safetensors', sampleFile(half))
  const { page } = await pages.open(
    '<activation-viewer src="/sample.safetensors" compare-src="/half.safetensors" channel="2"></activation-viewer>',
  )
  await eventually(() => fact(page, 'rowSum').allInnerTexts()).toEqual(['1', '0.5'])
  const { x, y } = await placeOn(page, '[data-image=noisy]', 6, 5)
  await page.mouse.move(x, y)
  const values = await page.locator('.channel [data-fact=activation]').allInnerTexts()
  expect(values.map(Number)).toEqual([2, 0.5].map((factor) => Number((factor * denoisedAt(6, 5)).toPrecision(4))))
  await page.close()
})

test('the filter that is drawn is the one that is recorded: its colours are where its weights are', async () => {
  const { page } = await pages.open(SAMPLE)
  await fact(page, 'rowSum').waitFor()
  // Canvases are painted when the page has time for them.
  await eventually(() =>
    page.locator('.stage canvas.map').evaluate((canvas: HTMLCanvasElement) => {
      const context = canvas.getContext('2d') as CanvasRenderingContext2D
      const { data } = context.getImageData(0, 0, canvas.width, canvas.height)
      return Array.from(
        { length: data.length / 4 },
        (_, i) => (data[4 * i] as number) - (data[4 * i + 2] as number) > 60,
      )
    }),
  ).toEqual(Array.from(filterOf(5, 4), (weight) => weight > 0))
  await page.close()
})
