import type { CDPSession, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { eventually } from './helpers/eventually.ts'
import { sampleFile } from './helpers/sample-trace.ts'
import { openViewerPages, type ViewerPages } from './helpers/viewer-pages.ts'

let pages: ViewerPages
beforeAll(async () => {
  pages = await openViewerPages()
  pages.files.set('/sample.safetensors', sampleFile())
})
afterAll(() => pages.close())

interface Place {
  readonly x: number
  readonly y: number
}

/** A phone with the sample on it, its fingers, and the middle of the image under the map. */
async function openPhone(): Promise<{ page: Page; fingers: CDPSession; middle: Place; side: number }> {
  const { page } = await pages.open('<activation-viewer src="/sample.safetensors"></activation-viewer>', {
    width: 390,
    height: 844,
    touch: true,
  })
  const frame = page.locator('.stage .frame')
  await page.locator('.explanation [data-fact=rowSum]').first().waitFor()
  // What is loaded when it is needed moves what is below it.
  await page.locator('[part=training] svg').first().waitFor()
  // Waits until the image stands where it stays.
  await frame.click({ trial: true })
  const { x, y, width, height } = (await frame.boundingBox()) ?? { x: 0, y: 0, width: 0, height: 0 }
  const fingers = await page.context().newCDPSession(page)
  return { page, fingers, middle: { x: x + width / 2, y: y + height / 2 }, side: width }
}

const touch = (fingers: CDPSession, type: 'touchStart' | 'touchMove' | 'touchEnd', places: readonly Place[]) =>
  fingers.send('Input.dispatchTouchEvent', { type, touchPoints: places.map((place, id) => ({ ...place, id })) })

/** The part of the image that is seen: factor, and the left and top as shares of the frame. */
const zoomOf = (page: Page) =>
  page.locator('.stage .plane').evaluate((plane) => {
    const [factor, left, top] = [...(plane as HTMLElement).style.transform.matchAll(/-?[\d.]+/g)].map(Number)
    return { factor, left, top }
  })

test('two fingers zoom the image about the point between them and move it, and pick no pixel', async () => {
  const { page, fingers, middle, side } = await openPhone()
  const target = await page.locator('activation-viewer').getAttribute('target')
  const apart = (distance: number, right = 0): Place[] => [
    { x: middle.x - distance / 2 + right, y: middle.y },
    { x: middle.x + distance / 2 + right, y: middle.y },
  ]
  await touch(fingers, 'touchStart', apart(80).slice(0, 1))
  await touch(fingers, 'touchStart', apart(80))
  for (const distance of [100, 120, 140, 160]) await touch(fingers, 'touchMove', apart(distance))
  // The middle of the image is still in the middle.
  await eventually(() => zoomOf(page)).toEqual({
    factor: expect.closeTo(2, 1),
    left: expect.closeTo(-25, 0),
    top: expect.closeTo(-25, 0),
  })
  const scrolled = await page.evaluate(() => scrollY)
  // An eighth of the frame is a sixteenth of the image that is twice as large.
  for (const share of [1 / 16, 1 / 8]) await touch(fingers, 'touchMove', apart(160, share * side))
  await eventually(() => zoomOf(page)).toMatchObject({ factor: expect.closeTo(2, 1), left: expect.closeTo(-18.75, 0) })
  await touch(fingers, 'touchEnd', apart(160).slice(0, 1))
  await touch(fingers, 'touchEnd', [])
  expect(await page.locator('activation-viewer').getAttribute('target')).toBe(target)
  expect(await page.evaluate(() => scrollY)).toBe(scrolled)

  await touch(fingers, 'touchStart', [middle])
  await touch(fingers, 'touchEnd', [])
  await eventually(() => page.locator('activation-viewer').getAttribute('target')).not.toBe(target)
  await page.close()
})

test('a finger that moves up over the image scrolls the page, and picks no pixel', async () => {
  const { page, fingers, middle } = await openPhone()
  const target = await page.locator('activation-viewer').getAttribute('target')
  const before = await page.evaluate(() => scrollY)
  await touch(fingers, 'touchStart', [middle])
  for (const up of [50, 100, 150, 200]) await touch(fingers, 'touchMove', [{ x: middle.x, y: middle.y - up }])
  await touch(fingers, 'touchEnd', [])
  await eventually(() => page.evaluate(() => scrollY)).toBeGreaterThan(before + 100)
  expect(await page.locator('activation-viewer').getAttribute('target')).toBe(target)
  await page.close()
})
