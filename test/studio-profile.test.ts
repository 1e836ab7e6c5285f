import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { violations } from './helpers/axe.ts'
import { openStudio, type Studio } from './helpers/studio.ts'

/** Until kernels are compiled and a few steps are done on a software adapter (milliseconds). */
const COMPUTING = 200_000

let studio: Studio
beforeAll(async () => {
  studio = await openStudio({ webgpu: true })
})
afterAll(() => studio?.[Symbol.asyncDispose]())

/** The bar that is shown: its layers, the width of each in pixels and that of its kernels, and its words. */
async function bar(page: Page) {
  const flame = page.locator('kernel-times .flame:visible')
  await flame.waitFor()
  return flame.evaluate((element) => ({
    words: element.getAttribute('aria-label'),
    width: element.clientWidth,
    layers: [...element.querySelectorAll('.layer')].map((layer) => ({
      name: layer.querySelector('.name')?.textContent?.trim(),
      width: layer.getBoundingClientRect().width,
      kernels: [...layer.querySelectorAll('.kernel')].map((kernel) => ({
        width: kernel.getBoundingClientRect().width,
        title: kernel.getAttribute('title'),
        isGradient: kernel.classList.contains('gradient'),
      })),
    })),
  }))
}

const sum = (widths: readonly { readonly width: number }[]): number =>
  widths.reduce((total, { width }) => total + width, 0)

test('the page shows where the time of denoising goes: layers as wide as their share, every kernel in a table', async () => {
  await using opened = await studio.open()
  const { page, complaints } = opened
  page.setDefaultTimeout(COMPUTING)
  await page.getByRole('button', { name: 'Time the kernels' }).click()
  const { layers, width, words } = await bar(page)
  expect(words).toMatch(/^\d+ layers, .* in all; most in .+, \d/)
  expect(layers.map(({ name }) => name)).toEqual(expect.arrayContaining(['conv2d', 'conv2d_1', 'conv2d_6']))
  expect(sum(layers)).toBeCloseTo(width, 0)
  for (const each of layers) expect(sum(each.kernels)).toBeCloseTo(each.width, 0)
  const kernels = layers.flatMap((layer) => layer.kernels)
  expect(kernels.every(({ title, isGradient }) => /ms|s/.test(title ?? '') && !isGradient)).toBe(true)

  await page.getByText('Every kernel as numbers').click()
  expect(await page.getByRole('region', { name: 'Time of every kernel' }).locator('tbody tr').count()).toBe(
    kernels.length,
  )
  expect(await violations(page)).toEqual([])
  expect(complaints).toEqual([])
})

test('the page shows where the time of a training step goes, gradients with their layers, while it goes on', async () => {
  await using opened = await studio.open('?tab=train')
  const { page, complaints } = opened
  page.setDefaultTimeout(COMPUTING)
  await page.getByRole('button', { name: 'Start' }).click()
  await page.getByRole('button', { name: 'Time the kernels' }).click()
  const { layers } = await bar(page)
  const convolution = layers.find(({ name }) => name === 'conv2d_1')
  expect(new Set(convolution?.kernels.map(({ isGradient }) => isGradient))).toEqual(new Set([true, false]))
  expect(layers.map(({ name }) => name)).not.toContain('conv2d_1/gradient')
  await page.getByRole('button', { name: 'Stop' }).click()
  await page.getByText('Stopped after').waitFor()
  expect(complaints).toEqual([])
})
