import { encodePng } from '@noisescope/images'
import type { ActivationViewer } from '@noisescope/viewer'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { eventually } from './helpers/eventually.ts'
import { openViewerPages, type ViewerPages } from './helpers/viewer-pages.ts'
import { small, untrained } from './live-engine/helpers.ts'

/** Until the first answer of a page (milliseconds). */
const COMPILING = 1_200_000

const SIDE = 16

/** An image of one brightness, a byte. */
const grey = (byte: number) => {
  const data = new Float32Array(SIDE ** 2).fill(byte / 255)
  return encodePng({ width: SIDE, height: SIDE, channels: 1, data })
}

const half = untrained('dncnn-s', { depth: 3, width: 4, batchNorm: false }, (value) => value / 2)

let pages: ViewerPages
beforeAll(async () => {
  // A camera that shows a pattern, and a user who allows it.
  const flags = ['--use-fake-device-for-media-stream', '--use-fake-ui-for-media-stream']
  pages = await openViewerPages({ live: true, flags })
  pages.files.set('/weights.safetensors', small.bytes)
  pages.files.set('/half.safetensors', half.bytes)
  pages.files.set('/grey.png', grey(100))
  pages.files.set('/dark.png', grey(30))
})
afterAll(() => pages.close())

const LIVE = 'weights="/weights.safetensors" image="/grey.png" noise="gaussian:0.1" seed="3"'

async function openLive(attributes = ''): Promise<Page> {
  const { page } = await pages.open(`<activation-viewer ${LIVE} ${attributes}></activation-viewer>`)
  await page.locator('.explanation [data-fact=rowSum]').first().waitFor({ timeout: COMPILING })
  return page
}

/** What one of the two things that are looked at has. */
const looked = (page: Page, which: 'source' | 'compare') =>
  page.evaluate((side) => {
    const source = (document.querySelector('activation-viewer') as ActivationViewer)[side]
    if (source === undefined) throw new Error(`there is no ${side}`)
    const { images, frames } = source.trace
    return {
      name: source.trace.source.name,
      noise: source.trace.source.noise?.text,
      clean: [...(images.clean?.data ?? [])],
      noisy: [...images.noisy.data],
      denoised: [...(frames[0].denoised?.data ?? [])],
    }
  }, which)

/** The byte of an image's first pixel. */
const byteOf = async (page: Page, which: 'source' | 'compare' = 'source'): Promise<number> =>
  Math.round(255 * ((await looked(page, which)).clean[0] ?? Number.NaN))

/** Gives the viewer a file as a drop or paste does. */
const give = (page: Page, how: 'drop' | 'paste', bytes: Uint8Array) =>
  page.evaluate(
    ([kind, base64]) => {
      const values = Uint8Array.from(atob(base64), (each) => each.charCodeAt(0))
      const transfer = new DataTransfer()
      transfer.items.add(new File([values], `${kind}.png`, { type: 'image/png' }))
      const common = { bubbles: true, composed: true, cancelable: true }
      const event =
        kind === 'drop'
          ? new DragEvent('drop', { ...common, dataTransfer: transfer })
          : new ClipboardEvent('paste', { ...common, clipboardData: transfer })
      document.querySelector('activation-viewer')?.shadowRoot?.querySelector('.stage')?.dispatchEvent(event)
    },
    [how, Buffer.from(bytes).toString('base64')] as const,
  )

test('an image that is chosen, dropped or pasted is denoised instead of the one before', async () => {
  const page = await openLive()
  expect(await byteOf(page)).toBe(100)
  await page
    .getByLabel('Own image…')
    .setInputFiles({ name: 'own.png', mimeType: 'image/png', buffer: Buffer.from(grey(50)) })
  await eventually(() => byteOf(page)).toBe(50)
  await page.getByRole('heading', { name: 'own.png' }).waitFor()
  await give(page, 'drop', grey(150))
  await eventually(() => byteOf(page)).toBe(150)
  await give(page, 'paste', grey(200))
  await eventually(() => byteOf(page)).toBe(200)
  await page.getByRole('heading', { name: 'paste.png' }).waitFor()
  const { noise } = await looked(page, 'source')
  expect(noise).toContain('0.1')
  await page.close()
})

test('a picture of the camera is denoised, and the camera is off afterwards', async () => {
  const page = await openLive()
  await page.getByRole('button', { name: 'Camera' }).click()
  const video = page.locator('[part=camera] video')
  const stream = await video.evaluateHandle((element) => (element as HTMLVideoElement).srcObject as MediaStream)
  await page.getByRole('button', { name: 'Take the picture' }).click()
  // The picture has a size of its own, for which kernels are compiled.
  await page.getByRole('heading', { name: /^Camera/ }).waitFor({ timeout: COMPILING })
  expect(await stream.evaluate((shown) => shown.getTracks().map(({ readyState }) => readyState))).toEqual(['ended'])
  expect(await page.locator('[part=camera]').count()).toBe(0)
  const { clean } = await looked(page, 'source')
  // Of the pattern's middle, which is now and then one of its two greens alone; a frame before the first is black.
  expect(Math.min(...clean)).toBeGreaterThan(0.2)

  await page.getByRole('button', { name: 'Camera' }).click()
  await page.getByRole('button', { name: 'Cancel' }).click()
  await eventually(() => page.locator('[part=camera]').count()).toBe(0)
  await page.getByRole('heading', { name: /^Camera/ }).waitFor()
  await page.close()
})

test('the camera’s video goes on while the viewer changes, and there is no picture to take before a frame was shown', async () => {
  const page = await openLive()
  await page.evaluate(() => {
    HTMLVideoElement.prototype.requestVideoFrameCallback = (callback) => {
      Object.assign(globalThis, { showFrame: callback })
      return 0
    }
  })
  await page.getByRole('button', { name: 'Camera' }).click()
  const video = page.locator('[part=camera] video')
  await eventually(() => page.evaluate(() => 'showFrame' in globalThis)).toBe(true)
  expect(await video.evaluate((element) => (element as HTMLVideoElement).paused)).toBe(false)
  const take = page.getByRole('button', { name: 'Take the picture' })
  expect(await take.isEnabled()).toBe(false)
  await page.evaluate(() => (globalThis as unknown as { showFrame(): void }).showFrame())
  await eventually(() => take.isEnabled()).toBe(true)

  // What is emptied, it is at once.
  const readyStates = await video.evaluate(async (element) => {
    const viewer = document.querySelector('activation-viewer') as ActivationViewer
    const seen: number[] = []
    for (let update = 0; update < 3; update++) {
      viewer.requestUpdate()
      await viewer.updateComplete
      seen.push((element as HTMLVideoElement).readyState)
    }
    return seen
  })
  expect(Math.min(...readyStates)).toBeGreaterThan(1)
  await page.close()
})

test('a camera that is allowed after the viewer is gone does not stay on', async () => {
  const page = await openLive()
  await page.evaluate(() => {
    const { mediaDevices } = navigator
    const asked = Promise.withResolvers<void>()
    const answer = Promise.withResolvers<void>()
    const given = mediaDevices.getUserMedia.bind(mediaDevices)
    mediaDevices.getUserMedia = async (constraints) => {
      asked.resolve()
      await answer.promise
      const stream = await given(constraints)
      Object.assign(globalThis, { stream })
      return stream
    }
    Object.assign(globalThis, { asked: asked.promise, answer: answer.resolve })
  })
  await page.getByRole('button', { name: 'Camera' }).click()
  await page.evaluate(async () => {
    const { asked, answer } = globalThis as unknown as { asked: Promise<void>; answer(): void }
    await asked
    document.querySelector('activation-viewer')?.remove()
    answer()
  })
  const tracks = () =>
    page.evaluate(() =>
      (globalThis as { stream?: MediaStream }).stream?.getTracks().map(({ readyState }) => readyState),
    )
  await eventually(tracks).toEqual(['ended'])
  await page.close()
})

test('a second model is shown beside the first, on the same noisy image, also when that is changed', async () => {
  const page = await openLive('compare-weights="/half.safetensors"')
  await page.getByRole('heading', { name: 'B', exact: true }).first().waitFor({ timeout: COMPILING })
  const [first, second] = [await looked(page, 'source'), await looked(page, 'compare')]
  expect(second.noisy).toEqual(first.noisy)
  expect(second.denoised).not.toEqual(first.denoised)
  await give(page, 'drop', grey(150))
  await eventually(() => byteOf(page, 'compare')).toBe(150)
  await eventually(() => byteOf(page)).toBe(150)
  expect((await looked(page, 'compare')).noisy).toEqual((await looked(page, 'source')).noisy)
  await page.locator('activation-viewer').evaluate((viewer) => viewer.setAttribute('image', '/dark.png'))
  await eventually(() => byteOf(page, 'compare')).toBe(30)
  await eventually(() => byteOf(page)).toBe(30)
  await page.close()
})

test('the same model is shown beside itself with other noise, which stays when the first one’s is changed', async () => {
  const page = await openLive('compare-noise="salt-and-pepper:0.3"')
  await page.getByRole('heading', { name: 'B', exact: true }).first().waitFor({ timeout: COMPILING })
  const [first, second] = [await looked(page, 'source'), await looked(page, 'compare')]
  expect(second.clean).toEqual(first.clean)
  expect(second.noise).toBe('salt-and-pepper, p = 0.3')
  expect(second.noisy).not.toEqual(first.noisy)
  await page.locator('activation-viewer').evaluate((viewer) => viewer.setAttribute('noise', 'laplace:0.2'))
  await eventually(async () => (await looked(page, 'source')).noise).toContain('0.2')
  expect((await looked(page, 'compare')).noisy).toEqual(second.noisy)
  await page.close()
})
