import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { readSafetensors } from '@noisescope/nn'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { violations } from './helpers/axe.ts'
import { noisescope } from './helpers/command.ts'
import { openStudio, type Studio } from './helpers/studio.ts'

/** Until kernels are compiled and ten steps are done on a software adapter (milliseconds). */
const COMPUTING = 200_000

/**
 * How far apart losses may be that two adapters compute in float32: their kernels add in other orders, which Adam's steps carry
 * on. Ten steps on SwiftShader in the page and on Mesa's software driver in Node differ by 1.2e-7, two roundings of a loss of 0.7.
 */
const LOSS_TOLERANCE = 1e-5

/** How far apart the values of an image on 0..1 may be that two adapters compute. */
const IMAGE_TOLERANCE = 1e-4

let studio: Studio
let folder = ''
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'studio-live-'))
  studio = await openStudio({ webgpu: true })
})
afterAll(async () => {
  await studio?.[Symbol.asyncDispose]()
  await rm(folder, { recursive: true, force: true })
})

const largestDifference = (a: ArrayLike<number>, b: ArrayLike<number>): number => {
  expect(a.length).toBe(b.length)
  return Array.from(a).reduce((most, value, i) => Math.max(most, Math.abs(value - (b[i] as number))), 0)
}

const lossesOf = (history: string): number[] =>
  JSON.parse(history).steps.map(({ loss }: { readonly loss: number }) => loss)

test('ten steps in the page have the losses of the command that the page names, and axe finds nothing', async () => {
  await using opened = await studio.open('?tab=train')
  const { page, complaints } = opened
  page.setDefaultTimeout(COMPUTING)
  await page.getByLabel('Epochs').fill('1')
  await page.getByLabel('Epochs').press('Tab')
  await page.getByText('10 steps.').waitFor()
  const command = (await page.locator('train-panel code').textContent()) ?? ''
  expect(await violations(page)).toEqual([])
  await page.getByRole('button', { name: 'Start' }).click()
  await page.getByText('Trained: 10 steps').waitFor()
  const download = page.waitForEvent('download')
  await page.getByRole('button', { name: 'Save history' }).click()
  const inPage = lossesOf(await readFile(await (await download).path(), 'utf8'))

  const [program, ...flags] = command.trim().split(' ')
  expect(program).toBe('noisescope')
  await noisescope(folder, [...flags, '--run', 'ten-steps', '--test-images', '1'])
  const inNode = lossesOf(await readFile(join(folder, 'runs', 'ten-steps', 'history.json'), 'utf8'))

  expect(inPage).toHaveLength(10)
  const difference = largestDifference(inPage, inNode)
  console.info(`ten steps: the losses of page and Node differ by at most ${difference}`)
  expect(difference, command).toBeLessThan(LOSS_TOLERANCE)
  // It learns: without steps that arrive in the weights the losses would be alike too.
  expect(inPage[9]).toBeLessThan(0.95 * (inPage[0] as number))

  await page.getByText('Every loss as a number').click()
  const rows = page.getByRole('region', { name: 'Losses by step' }).locator('td')
  expect((await rows.allTextContents()).map(Number)).toEqual(inPage)
  expect(await violations(page)).toEqual([])
  expect(complaints).toEqual([])
})

/** What the viewer of the first tab has: images [c, h, w], and the numbers that it says. */
const looked = (page: Page) =>
  page.evaluate(() => {
    const viewer = document
      .querySelector('studio-app')
      ?.shadowRoot?.querySelector('look-panel')
      ?.shadowRoot?.querySelector('activation-viewer') as unknown as {
      trace: { images: { noisy: { data: Float32Array } }; frames: [{ denoised: { data: Float32Array } }] }
    }
    const { images, frames } = viewer.trace
    return { noisy: [...images.noisy.data], denoised: [...frames[0].denoised.data] }
  })

/** Images of the page, what the viewer calls them, and how the command is asked for the same. */
const IMAGES = [
  { kind: 'garment', index: 0, name: 'fashion-mnist test image 0', flags: ['--dataset', 'fashion-mnist'] },
  { kind: 'digit', index: 3, name: 'mnist test image 3', flags: ['--dataset', 'mnist', '--index', '3'] },
  { kind: 'photograph', index: undefined, name: /^nagasaki-boats/, flags: ['--model', 'dncnn-compact'] },
] as const

test('an image that is denoised in the page has the noise and the pixels of the command’s, and axe finds nothing', async () => {
  await using opened = await studio.open()
  const { page, complaints } = opened
  page.setDefaultTimeout(COMPUTING)
  for (const { kind, index, name, flags } of IMAGES) {
    await page.getByRole('combobox', { name: 'Image' }).first().selectOption(kind)
    if (index !== undefined) {
      await page.getByRole('spinbutton', { name: 'No., to 239' }).fill(String(index))
      await page.getByRole('spinbutton', { name: 'No., to 239' }).press('Tab')
    }
    await page.locator('look-panel').getByRole('heading', { name, level: 2 }).waitFor()
    const inPage = await looked(page)

    await noisescope(folder, ['explain', ...flags, '--method', 'pixel-filter', '-o', kind])
    const { tensors } = readSafetensors(await readFile(join(folder, kind, 'trace.safetensors')), kind)
    const inNode = (tensor: string) => tensors.get(tensor)?.data ?? []
    expect(largestDifference(inPage.noisy, inNode('images.noisy')), kind).toBe(0)
    const difference = largestDifference(inPage.denoised, inNode('frames[0].denoised'))
    console.info(`${kind}: the denoised images of page and Node differ by at most ${difference}`)
    expect(difference, kind).toBeLessThan(IMAGE_TOLERANCE)
    expect(largestDifference(inPage.denoised, inPage.noisy), kind).toBeGreaterThan(0.1)
  }
  expect(await violations(page)).toEqual([])
  expect(complaints).toEqual([])
})
