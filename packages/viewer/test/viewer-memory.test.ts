import { encodePng } from '@noisescope/images'
import type { ActivationViewer, LiveControls, Source } from '@noisescope/viewer'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { HEIGHT, sampleFile, sampleTrace, WIDTH } from './helpers/sample-trace.ts'
import { openViewerPages, type ViewerPages } from './helpers/viewer-pages.ts'
import { small } from './live-engine/helpers.ts'

const COMPILING = 1_200_000

/** Until everything that is loaded or compiled once is there. */
const WARM_UP = 100
const CHANGES = 200

/**
 * Growth in bytes for each change of the image that is no growth: V8 goes on compiling what runs often, some 0.1 to 0.4 MB in
 * 200 changes, at other changes in each run. A trace that somebody still held would be tens of kilobytes.
 */
const MOST_BYTES = 4096
/** A view that is being drawn when it is counted may have a few nodes more; one that were left behind has a thousand. */
const MOST_NODES = 50

let pages: ViewerPages
beforeAll(async () => {
  pages = await openViewerPages({ live: true })
  const other = { ...sampleTrace, source: { ...sampleTrace.source, name: 'other' } }
  pages.files.set('/0.safetensors', sampleFile())
  pages.files.set('/1.safetensors', sampleFile(other))
  pages.files.set('/weights.safetensors', small.bytes)
  const data = new Float32Array(WIDTH * HEIGHT).fill(0.5)
  pages.files.set('/grey.png', encodePng({ width: WIDTH, height: HEIGHT, channels: 1, data }))
})
afterAll(() => pages.close())

/** What a page holds after everything that is not needed has been collected. */
async function held(page: Page): Promise<{ bytes: number; nodes: number; listeners: number }> {
  const session = await page.context().newCDPSession(page)
  await session.send('HeapProfiler.collectGarbage')
  await session.send('HeapProfiler.collectGarbage')
  // Without the browser's own records of requests, which grow with every fetch, whatever becomes of it.
  const { usedSize, backingStorageSize } = await session.send('Runtime.getHeapUsage')
  const { nodes, jsEventListeners } = await session.send('Memory.getDOMCounters')
  await session.detach()
  return { bytes: usedSize + backingStorageSize, nodes, listeners: jsEventListeners }
}

/** Changes the image of the page's viewer, and waits until that is drawn; the number tells the images apart. */
type Change = (viewer: ActivationViewer, number: number) => Promise<void>

const changes = (page: Page, change: Change, from: number, count: number): Promise<void> =>
  page.evaluate(`(async () => {
    const viewer = document.querySelector('activation-viewer')
    for (let i = ${from}; i < ${from + count}; i++) {
      await (${change})(viewer, i)
      await new Promise((drawn) => requestAnimationFrame(() => setTimeout(drawn)))
    }
  })()`)

const anotherTrace: Change = async (viewer, number) => {
  const loaded = new Promise((resolve) => viewer.addEventListener('load', resolve, { once: true }))
  viewer.src = `/${(number + 1) % 2}.safetensors`
  await loaded
}

const anotherImage: Change = async (viewer, number) => {
  const { controls, trace } = viewer.source as Source & { readonly controls: LiveControls }
  const [, height = 1, width = 1] = trace.images.noisy.shape
  const data = Float32Array.from({ length: width * height }, (_, i) => ((i * (number + 1)) % 97) / 97)
  const image = { name: `image ${number}`, width, height, channels: 1, data } as const
  await controls.setImage(image, new AbortController().signal)
}

const LIVE = 'weights="/weights.safetensors" image="/grey.png" noise="gaussian:0.1"'

for (const [kind, attributes, change] of [
  ['a recorded viewer', 'src="/0.safetensors"', anotherTrace],
  ['a live viewer', LIVE, anotherImage],
] as const) {
  test(`${kind} holds no more after ${CHANGES} changes of its image`, async () => {
    const { page } = await pages.open(`<activation-viewer ${attributes}></activation-viewer>`)
    await page.locator('.explanation [data-fact=rowSum]').first().waitFor({ timeout: COMPILING })
    await changes(page, change, 0, WARM_UP)
    const before = await held(page)
    await changes(page, change, WARM_UP, CHANGES)
    const after = await held(page)
    const growth = (after.bytes - before.bytes) / CHANGES
    console.info(`${kind} holds ${after.bytes} bytes, ${growth.toFixed(0)} more for each change of the image`)
    expect(growth).toBeLessThan(MOST_BYTES)
    expect(after.nodes - before.nodes).toBeLessThan(MOST_NODES)
    expect(after.listeners - before.listeners).toBeLessThan(MOST_NODES)
    await page.close()
  })
}
