import { readTrace } from '@noisescope/explain/trace'
import type { ActivationViewer } from '@noisescope/viewer'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { eventually, textOf } from './helpers/eventually.ts'
import { sampleFile, sampleTrace } from './helpers/sample-trace.ts'
import { openViewerPages, type ViewerPages } from './helpers/viewer-pages.ts'

let pages: ViewerPages
beforeAll(async () => {
  pages = await openViewerPages()
  pages.files.set('/sample.safetensors', sampleFile())
})
afterAll(() => pages.close())

const SAMPLE = '<activation-viewer src="/sample.safetensors"></activation-viewer>'
const shown = (page: Page) => page.locator('.explanation [data-fact=rowSum]').first().waitFor()

/** Does something with the first viewer of a page, and with an argument. */
const withViewer = <T, A>(page: Page, work: (viewer: ActivationViewer, argument: A) => T | Promise<T>, argument?: A) =>
  page.evaluate(`(${work})(document.querySelector('activation-viewer'), ${JSON.stringify(argument)})`) as Promise<T>

/** Records the details of the viewer's events in the page. */
const RECORD = `
  globalThis.events = []
  for (const name of ['load', 'progress', 'error', 'layer-change', 'target-change', 'input', 'change'])
    document.addEventListener(name, ({ detail, target }) => events.push([name, target.localName, detail]), { capture: false })
`
const eventsNamed = (page: Page, name: string): Promise<Record<string, unknown>[]> =>
  page.evaluate((wanted) => {
    const { events } = globalThis as unknown as { events: [string, string, Record<string, unknown>][] }
    return events
      .filter(([each, from]) => each === wanted && from === 'activation-viewer')
      .map(([, , detail]) => {
        const { source: _, error: __, ...plain } = detail
        return plain
      })
  }, name)

test('events say what changed and whether somebody at the page or its program did it', async () => {
  const { page } = await pages.open(`<script>${RECORD}</script>${SAMPLE}`)
  await shown(page)
  expect(await eventsNamed(page, 'load')).toEqual([{ cause: 'program' }])
  expect((await eventsNamed(page, 'progress')).length).toBeGreaterThan(0)
  await withViewer(page, (viewer) => {
    viewer.layer = 'pool'
  })
  await page.getByRole('option', { name: /^Channel 1/ }).click()
  await eventually(() => eventsNamed(page, 'layer-change')).toEqual([
    { layer: 'conv', channel: 0, cause: 'program' },
    { layer: 'pool', channel: 0, cause: 'program' },
    { layer: 'pool', channel: 1, cause: 'user' },
  ])
  const opacity = page.getByRole('slider', { name: 'Opacity' })
  await opacity.focus()
  await page.keyboard.press('ArrowLeft')
  await eventually(() => eventsNamed(page, 'change')).toEqual([{ name: 'opacity', value: 0.7, cause: 'user' }])
  expect(await eventsNamed(page, 'input')).toEqual([{ name: 'opacity', value: 0.7, cause: 'user' }])
  await page.locator('[data-image=clean] .frame').click({ position: { x: 5, y: 5 } })
  await eventually(() => eventsNamed(page, 'target-change')).toEqual([
    { target: 'pixel:5,4', of: 'denoised', cause: 'program' },
    { target: 'pixel:0,0', of: 'denoised', cause: 'user' },
  ])
  await page.close()
})

test('the state is small, goes into a link and JSON and comes back, and what does not fit is replaced', async () => {
  const { page } = await pages.open('<activation-viewer src="/sample.safetensors" linked></activation-viewer>')
  await shown(page)
  const changed = await withViewer(page, async (viewer) => {
    viewer.state = { layer: 'pool', channel: 2, sort: 'most-energy', target: 'pixel:3,3', frame: 1, opacity: 0.5 }
    await viewer.updateComplete
    return { state: JSON.parse(JSON.stringify(viewer.state)), link: viewer.link() }
  })
  expect(changed.state).toMatchObject({ layer: 'pool', channel: 2, sort: 'most-energy', target: 'pixel:3,3', frame: 1 })
  expect(changed.link.length).toBeLessThan(250)
  await page.goto('about:blank')
  await page.goto(changed.link)
  await shown(page)
  expect(await withViewer(page, (viewer) => viewer.state)).toEqual(changed.state)
  const wrong = {
    layer: 'nowhere',
    channel: 99,
    sort: 'size',
    target: 'pixel:500,3',
    frame: 7,
    opacity: 3,
    method: 'magic',
  }
  await withViewer(
    page,
    (viewer, state) => {
      viewer.state = state as unknown as typeof viewer.state
    },
    wrong,
  )
  await eventually(() => withViewer(page, (viewer) => viewer.state)).toMatchObject({
    layer: 'conv',
    channel: 5,
    sort: 'number',
    target: 'pixel:5,4',
    frame: 1,
    opacity: 1,
    method: 'pixel-filter',
  })
  await page.close()
})

test('moving the element in the page loses nothing: neither trace nor state nor pictures', async () => {
  const { page } = await pages.open(`${SAMPLE}<section id="other"></section>`)
  await shown(page)
  // Parts of the viewer that load on first use (scripts) are no reload of the trace.
  let requests = 0
  page.on('request', (request) => {
    if (request.resourceType() !== 'script') requests++
  })
  await withViewer(page, (viewer) => {
    viewer.state = { layer: 'pool', target: 'pixel:3,3' }
    document.querySelector('#other')?.append(viewer)
  })
  await eventually(() => page.locator('#other activation-viewer').getAttribute('target')).toBe('pixel:3,3')
  await withViewer(page, (viewer) => {
    viewer.base = 'noisy'
  })
  // What is drawn after the move is drawn by an observer of its own.
  await eventually(() =>
    page
      .locator('.stage canvas')
      .first()
      .evaluate((canvas: HTMLCanvasElement) => canvas.getContext('2d')?.getImageData(0, 0, 1, 1).data[0]),
  ).toBe(255)
  expect(await page.locator('#other activation-viewer').getAttribute('layer')).toBe('pool')
  expect(requests).toBe(0)
  await page.close()
})

test('several elements show their own traces', async () => {
  pages.files.set(
    '/half.safetensors',
    sampleFile({ ...sampleTrace, frames: [sampleTrace.frames[1] ?? sampleTrace.frames[0]] }),
  )
  const { page, complaints } = await pages.open(
    `${SAMPLE}<activation-viewer src="/half.safetensors"></activation-viewer>`,
  )
  await eventually(() => page.locator('.explanation [data-fact=rowSum]').allInnerTexts()).toEqual(['1', '0.5'])
  expect(complaints).toEqual([])
  await page.close()
})

test('explain, toBlob and toTrace give the explanation, a figure, and the trace that was opened', async () => {
  const { page } = await pages.open(SAMPLE)
  await shown(page)
  const filter = await withViewer(page, (viewer) =>
    viewer.explain({ method: 'pixel-filter', target: { kind: 'pixel', x: 11, y: 9 } }),
  )
  expect(filter?.values.rowSum).toBeCloseTo(4 / 9, 6)
  expect(await withViewer(page, (viewer) => viewer.target)).toBe('pixel:5,4')
  const bytes = await withViewer(page, async (viewer) => [...(await viewer.toTrace())])
  const trace = readTrace(Uint8Array.from(bytes), 'the page')
  expect(trace.model).toEqual(sampleTrace.model)
  expect(trace.frames[1]?.denoised?.data).toEqual(sampleTrace.frames[1]?.denoised?.data)
  const svg = await withViewer(page, async (viewer) => (await viewer.toBlob('image/svg+xml')).text())
  for (const words of ['rectangle', 'Denoised', 'Pixel filter', 'Row sum: 1']) expect(svg).toContain(words)
  const png = await withViewer(page, async (viewer) =>
    [...new Uint8Array(await (await viewer.toBlob()).arrayBuffer())].slice(0, 4),
  )
  expect(png).toEqual([0x89, 0x50, 0x4e, 0x47])
  await page.close()
})

test('a page can give a trace of its own, words of its own, and take a dropped file', async () => {
  const { page } = await pages.open('<activation-viewer></activation-viewer>')
  await page.getByText('Nothing to look at yet').waitFor()
  await withViewer(page, (viewer) => {
    viewer.texts = { poster: 'Noch nichts zu sehen', imageNames: { clean: 'Sauber' }, scores: 'Trennung' }
  })
  await page.getByText('Noch nichts zu sehen').waitFor()
  await withViewer(page, async (viewer) => {
    const bytes = await (await fetch('/sample.safetensors')).arrayBuffer()
    const transfer = new DataTransfer()
    transfer.items.add(new File([bytes], 'dropped.safetensors'))
    const root = viewer.shadowRoot?.querySelector('.viewer')
    root?.dispatchEvent(new DragEvent('drop', { dataTransfer: transfer, bubbles: true }))
  })
  await shown(page)
  expect(await textOf(page.locator('[data-image=clean] figcaption'))).toBe('Sauber')
  expect(await textOf(page.locator('[data-image=noisy] figcaption'))).toBe('Noisy')
  // The words of a view that is loaded later are the page's too.
  await page.locator('#scores-title', { hasText: 'Trennung' }).waitFor()
  await page.close()
})

test('neither a phone nor a page from right to left is scrolled sideways', async () => {
  for (const [direction, width] of [
    ['ltr', 390],
    ['rtl', 390],
    ['rtl', 1280],
  ] as const) {
    const { page } = await pages.open(SAMPLE, { direction, width, height: 844 })
    await shown(page)
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(width)
    const [title, save] = await Promise.all(
      [page.getByRole('heading', { name: 'rectangle' }), page.getByText('Save', { exact: true })].map((each) =>
        each.boundingBox(),
      ),
    )
    expect((title?.x ?? 0) < (save?.x ?? 0)).toBe(direction === 'ltr')
    await page.close()
  }
})

test('the wheel scrolls the page, and zooms only with Ctrl', async () => {
  const { page } = await pages.open(SAMPLE)
  await shown(page)
  // Waits until the image stands where it stays, which a place that is read once does not.
  await page.locator('[data-image=noisy] .frame').hover({ position: { x: 20, y: 20 } })
  await page.mouse.wheel(0, 50)
  await eventually(() => page.evaluate(() => scrollY)).toBe(50)
  const factor = () =>
    page.locator('[data-image=noisy] .plane').evaluate((plane) => (plane as HTMLElement).style.transform.slice(0, 8))
  expect(await factor()).toBe('scale(1)')
  await page.keyboard.down('Control')
  await page.mouse.wheel(0, -100)
  await page.keyboard.up('Control')
  await eventually(factor).toBe('scale(1.')
  expect(await page.evaluate(() => scrollY)).toBe(50)
  await page.close()
})
