import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { readSafetensors } from '@noisescope/nn'
import { type Browser, type ElementHandle, firefoxPath, openFirefox, type Page } from '@noisescope/test-firefox'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { noisescope } from './helpers/command.ts'
import { type ServedStudio, serveStudio } from './helpers/studio.ts'

/** A software adapter compiles every kernel anew (milliseconds). */
const COMPUTING = 400_000
vi.setConfig({ testTimeout: 600_000, hookTimeout: 300_000 })

/** How far apart the values of an image on 0..1 may be that two adapters compute. */
const IMAGE_TOLERANCE = 1e-4

const isMissing = firefoxPath() === undefined

test.skipIf(!isMissing || process.env.CI !== 'true')('Firefox is here for the tests of wgpu', () => {
  expect.fail('there is no Firefox on the PATH; on Debian: apt-get install firefox-esr')
})
if (isMissing) console.warn('skipped what needs Firefox: there is none on the PATH')

/** The field of the training's settings with this label. */
async function field(page: Page, label: string): Promise<ElementHandle<HTMLInputElement>> {
  const found = await page.waitForFunction(
    (text) => {
      const panel = document.querySelector('studio-app')?.shadowRoot?.querySelector('train-panel')?.shadowRoot
      const labels = [...(panel?.querySelectorAll('label') ?? [])]
      return labels.find(({ textContent }) => textContent?.trim().startsWith(text))?.querySelector('input')
    },
    {},
    label,
  )
  return found as ElementHandle<HTMLInputElement>
}

describe.skipIf(isMissing)('the studio in Firefox', () => {
  let studio: ServedStudio
  let browser: Browser
  let folder = ''
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'studio-firefox-'))
    studio = await serveStudio()
    browser = await openFirefox()
  })
  afterAll(async () => {
    await browser?.close()
    await studio?.[Symbol.asyncDispose]()
    await rm(folder, { recursive: true, force: true })
  })

  /** Opens a page, and collects what it complains of. */
  async function opened(query: string): Promise<{ page: Page; complaints: string[] }> {
    const page = await browser.newPage()
    page.setDefaultTimeout(COMPUTING)
    const complaints: string[] = []
    page.on('console', (message) => {
      if (message.type() === 'error') complaints.push(message.text())
    })
    page.on('pageerror', (error) => complaints.push(String(error)))
    await page.goto(studio.url + query)
    return { page, complaints }
  }
  const shown = async (page: Page, selector: string): Promise<string> =>
    (await page.waitForSelector(selector))?.evaluate((element) => element.textContent ?? '') ?? ''

  test('the viewer denoises an image as the command does, and explains the pixel that is clicked', async () => {
    const { page, complaints } = await opened('')
    await page.waitForSelector('::-p-text(fashion-mnist test image 0)')
    const rowSum = '>>> .explanation [data-fact=rowSum]'
    const first = await shown(page, rowSum)
    const inPage = await page.evaluate(() => {
      const viewer = document
        .querySelector('studio-app')
        ?.shadowRoot?.querySelector('look-panel')
        ?.shadowRoot?.querySelector('activation-viewer') as unknown as {
        trace: { images: { noisy: { data: Float32Array } }; frames: [{ denoised: { data: Float32Array } }] }
      }
      const { images, frames } = viewer.trace
      return { noisy: [...images.noisy.data], denoised: [...frames[0].denoised.data] }
    })
    await noisescope(folder, ['explain', '--dataset', 'fashion-mnist', '--method', 'pixel-filter', '-o', 'garment'])
    const { tensors } = readSafetensors(await readFile(join(folder, 'garment', 'trace.safetensors')), 'garment')
    const inNode = (name: string): readonly number[] => [...(tensors.get(name)?.data ?? [])]
    expect(inPage.noisy).toEqual(inNode('images.noisy'))
    const expected = inNode('frames[0].denoised')
    const difference = Math.max(...inPage.denoised.map((value, i) => Math.abs(value - (expected[i] ?? Number.NaN))))
    expect(difference).toBeLessThan(IMAGE_TOLERANCE)

    const frame = await page.waitForSelector('>>> [data-image=denoised] .frame')
    await frame?.click({ offset: { x: 60, y: 60 } })
    await vi.waitUntil(async () => (await shown(page, rowSum)) !== first, { timeout: COMPUTING, interval: 200 })
    expect(complaints).toEqual([])
    await page.close()
  })

  test('ten steps of a training lower the loss', async () => {
    const { page, complaints } = await opened('?tab=train')
    await (await field(page, 'Epochs')).click({ count: 3 })
    await page.keyboard.type('1')
    await page.keyboard.press('Tab')
    await page.waitForSelector('::-p-text(10 steps.)')
    await (await page.waitForSelector('>>> button.main'))?.click()
    await page.waitForSelector('::-p-text(Trained: 10 steps)')
    await (await page.waitForSelector('>>> [aria-label=Losses] summary'))?.click()
    await page.waitForSelector('>>> [aria-label="Losses by step"] td')
    const losses = await page.$$eval('>>> [aria-label="Losses by step"] td', (cells) =>
      cells.map(({ textContent }) => Number(textContent)),
    )
    expect(losses).toHaveLength(10)
    expect(losses[9]).toBeLessThan(0.95 * (losses[0] ?? 0))
    expect(complaints).toEqual([])
    await page.close()
  })
})
