import { encodePng } from '@noisescope/images'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openViewerPages, type ViewerPages } from './helpers/viewer-pages.ts'
import { small } from './live-engine/helpers.ts'

/** Until the first answer of a page (milliseconds). */
const COMPILING = 1_200_000

/** Wider than high, so that maps are too. */
const IMAGE = { width: 24, height: 16, channels: 1, data: new Float32Array(24 * 16).fill(0.4) } as const

let pages: ViewerPages
beforeAll(async () => {
  pages = await openViewerPages({ live: true })
  pages.files.set('/weights.safetensors', small.bytes)
  pages.files.set('/grey.png', encodePng(IMAGE))
})
afterAll(() => pages.close())

/** Writes down, after every change of the viewer, where its controls are: by their names, from the page's top. */
const WATCH = `
  const root = document.querySelector('activation-viewer').shadowRoot
  globalThis.seen = []
  const nameOf = (control) => control.getAttribute('aria-label') ?? control.labels?.[0]?.textContent.trim() ?? control.textContent.trim()
  new MutationObserver(() => {
    const controls = [...root.querySelectorAll('button, select, input')].filter((each) => each.checkVisibility())
    seen.push({
      complete: root.querySelector('[part=noise]') !== null && root.querySelector('[part=scores]') !== null,
      explained: root.querySelector('[data-fact=rowSum]') !== null,
      mapped: root.querySelector('.layer-map canvas') !== null,
      tops: controls.map((each) => [nameOf(each), each.getBoundingClientRect().top + scrollY]),
    })
  }).observe(root, { subtree: true, childList: true, attributes: true })
`

interface Seen {
  readonly complete: boolean
  readonly explained: boolean
  readonly mapped: boolean
  readonly tops: readonly (readonly [name: string, top: number])[]
}

/** Opens a live page; what was seen from when all controls were there until the layers' maps had come. */
async function watched(width: number): Promise<Seen[]> {
  const live = 'weights="/weights.safetensors" image="/grey.png" noise="gaussian:0.1" seed="3"'
  const { page } = await pages.open(`<activation-viewer ${live}></activation-viewer>`, { width, script: WATCH })
  await page.locator('.layer-map canvas').first().waitFor({ timeout: COMPILING })
  const seen = await page.evaluate(() => (globalThis as unknown as { seen: Seen[] }).seen)
  await page.close()
  expect(seen.at(-1)).toMatchObject({ complete: true, explained: true, mapped: true })
  return seen.filter(({ complete }) => complete)
}

/** Expects every control to stay where it is. */
function expectStill(seen: readonly Seen[]): void {
  const [first, ...later] = seen.map(({ tops }) => new Map(tops))
  if (first === undefined || later.length === 0) throw new Error('nothing was seen twice')
  const names = [...first.keys()]
  for (const tops of later) expect(names.map((name) => [name, tops.get(name)])).toEqual([...first])
}

test('nothing moves when the explanation comes, nor when the maps of the layers come', async () => {
  const seen = await watched(1280)
  expect(seen[0]).toMatchObject({ explained: false, mapped: false })
  expect(seen.some(({ explained, mapped }) => explained && !mapped)).toBe(true)
  expectStill(seen)
})

test('on a phone, where the numbers are above the layers, nothing moves once they are there', async () => {
  const seen = (await watched(390)).filter(({ explained }) => explained)
  expect(seen[0]).toMatchObject({ mapped: false })
  expectStill(seen)
})
