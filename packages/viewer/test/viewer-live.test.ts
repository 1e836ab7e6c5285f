import { readFile } from 'node:fs/promises'
import { encodePng, imageAt } from '@noisescope/images'
import { loadDataset } from '@noisescope/images/node'
import type { ActivationViewer } from '@noisescope/viewer'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { eventually, textOf } from './helpers/eventually.ts'
import { openViewerPages, type ViewerPages } from './helpers/viewer-pages.ts'
import { small } from './live-engine/helpers.ts'

/** Until the first answer of a page (milliseconds). */
const COMPILING = 1_200_000

const AUTOENCODER = new URL(
  '../../../apps/runner/weights/autoencoder-fashion-mnist-salt-and-pepper.safetensors',
  import.meta.url,
)

let pages: ViewerPages
beforeAll(async () => {
  pages = await openViewerPages({ live: true })
  const { test: images } = await loadDataset('fashion-mnist')
  pages.files.set('/weights.safetensors', small.bytes)
  pages.files.set('/autoencoder.safetensors', await readFile(AUTOENCODER))
  pages.files.set('/shirt.png', encodePng(imageAt(images, 0)))
  pages.files.set('/pixel.png', encodePng({ ...imageAt(images, 0), width: 1, height: 1, data: Float32Array.of(0.5) }))
})
afterAll(() => pages.close())

const RECORD = `<script>globalThis.failures = []
  document.addEventListener('error', ({ detail }) => failures.push(detail.reason))</script>`
const LIVE = 'weights="/weights.safetensors" image="/shirt.png" noise="salt-and-pepper:0.1" seed="3"'
const reasons = (page: Page) => page.evaluate(() => (globalThis as unknown as { failures: string[] }).failures)

/** What the viewer says of its trace. */
const seen = (page: Page) =>
  page.evaluate(() => {
    const { trace } = document.querySelector('activation-viewer') as ActivationViewer
    return { noise: trace?.source.noise?.text, noisy: [...(trace?.images.noisy.data ?? [])] }
  })

test('a model runs in the page: it denoises, explains a picked pixel, and denoises anew when its noise is changed or brushed', async () => {
  const { page, complaints } = await pages.open(`${RECORD}<activation-viewer ${LIVE}></activation-viewer>`)
  const rowSum = page.locator('.explanation [data-fact=rowSum]')
  await rowSum.waitFor({ timeout: COMPILING })
  expect(await seen(page)).toMatchObject({ noise: 'salt-and-pepper, p = 0.1' })
  const before = await seen(page)
  expect(before.noisy).toHaveLength(784)

  const first = await textOf(rowSum)
  await page.locator('[data-image=denoised] .frame').click({ position: { x: 60, y: 60 } })
  await eventually(() => textOf(rowSum)).not.toBe(first)
  const gap = page.locator('.explanation [data-fact=completeness] small')
  await eventually(async () => Number.parseFloat((await textOf(gap)).replace('−', '-'))).toBeLessThan(0.1)
  await page.locator('.layer-map').first().waitFor({ timeout: COMPILING })

  await page.locator('activation-viewer').evaluate((viewer) => viewer.setAttribute('noise', 'salt-and-pepper:0.3'))
  await eventually(async () => (await seen(page)).noise).toBe('salt-and-pepper, p = 0.3')

  const clean = await seen(page)
  await page.getByRole('button', { name: 'Add noise' }).click()
  await page.locator('.stage .frame').click({ position: { x: 100, y: 100 } })
  await eventually(async () => {
    const { noisy } = await seen(page)
    return noisy.filter((value, i) => value !== clean.noisy[i]).length
  }).toBeGreaterThan(0)
  expect(await reasons(page)).toEqual([])
  expect(complaints.filter((each) => !each.includes('WebGPU'))).toEqual([])
  await page.close()
})

test('without WebGPU it says so in words, with the error event, and a trace can still be opened', async () => {
  const { page } = await pages.open(
    `<script>Object.defineProperty(navigator, 'gpu', { value: undefined })</script>${RECORD}<activation-viewer ${LIVE}></activation-viewer><p>goes on</p>`,
  )
  await page.getByRole('alert').getByText('This browser has no WebGPU').waitFor()
  expect(await reasons(page)).toEqual(['no-webgpu'])
  await page.close()
})

test('a wrong model, weights that are none, and an image of one pixel are refused in words', async () => {
  pages.files.set('/not-weights.safetensors', new TextEncoder().encode('nothing of the kind'))
  for (const [attributes, words] of [
    ['weights="/weights.safetensors" image="/shirt.png" model="autoencoder"', 'autoencoder'],
    ['weights="/not-weights.safetensors" image="/shirt.png"', 'not-weights.safetensors'],
    ['weights="/autoencoder.safetensors" image="/pixel.png"', 'pixel.png'],
    ['weights="/weights.safetensors" image="/shirt.png" noise="hail"', 'noise is "hail"'],
  ] as const) {
    const { page } = await pages.open(`${RECORD}<activation-viewer ${attributes}></activation-viewer><p>goes on</p>`)
    await page.getByRole('alert').getByText(words).waitFor()
    expect(await reasons(page)).toEqual(['input'])
    await page.getByText('goes on').waitFor()
    await page.close()
  }
})

test('a device that is lost in the middle is said, what was computed stays, and one can go on with another device', async () => {
  const keep = `<script>
    const { requestDevice } = GPUAdapter.prototype
    GPUAdapter.prototype.requestDevice = async function (...all) { return (globalThis.device = await requestDevice.apply(this, all)) }
  </script>`
  const { page } = await pages.open(`${keep}${RECORD}<activation-viewer ${LIVE}></activation-viewer>`)
  const rowSum = page.locator('.explanation [data-fact=rowSum]')
  await rowSum.waitFor({ timeout: COMPILING })
  await page.evaluate(() => (globalThis as unknown as { device: GPUDevice }).device.destroy())
  const alert = page.getByRole('alert')
  await alert.getByText('The graphics device was lost').waitFor()
  expect(await reasons(page)).toContain('device-lost')
  expect(await page.locator('[data-image=denoised]').count()).toBe(1)
  await page.getByRole('button', { name: 'Try again' }).click()
  const first = await textOf(rowSum)
  await page.locator('[data-image=denoised] .frame').click({ position: { x: 60, y: 60 } })
  await eventually(() => textOf(rowSum), COMPILING).not.toBe(first)
  expect(await alert.count()).toBe(0)
  await page.close()
})
