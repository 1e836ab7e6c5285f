import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { promisify } from 'node:util'
import { openBrowser } from '@noisescope/test-browser'
import { afterAll, beforeAll, expect, test } from 'vitest'

const MAIN = fileURLToPath(new URL('../apps/runner/src/main.ts', import.meta.url))
const CELL = ['--datasets', 'fashion-mnist', '--noises', 'salt-and-pepper']
const SMALL = ['--quick', ...CELL, '--images', '12', '--explained', '1', '--resamples', '20']

let folder = ''
let lines = ''
const study = (...args: string[]) => promisify(execFile)(process.execPath, [MAIN, 'study', ...args], { cwd: folder })
const at = (...parts: string[]): string => join(folder, 'runs', 'study', ...parts)

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'study-'))
  lines = (await study(...SMALL)).stdout
})
afterAll(() => rm(folder, { recursive: true }))

test('the page opens in Chromium with every figure drawn, and its numbers are those of the JSON', async () => {
  const { answer, further, cells } = JSON.parse(await readFile(at('study.json'), 'utf8'))
  const browser = await openBrowser()
  try {
    const page = await browser.newPage({ viewport: { width: 390, height: 844 } })
    const complaints: string[] = []
    page.on('console', (message) => complaints.push(message.text()))
    page.on('pageerror', (error) => complaints.push(String(error)))
    await page.goto(pathToFileURL(at('study.html')).href)
    const widths = await page.evaluate(() => [...document.images].map((image) => image.naturalWidth))
    expect(widths).toHaveLength(5)
    expect(Math.min(...widths)).toBeGreaterThan(300)
    // A phone's page does not scroll sideways; wide tables do so by themselves.
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390)
    const text = await page.evaluate(() => document.body.textContent ?? '')
    expect(further.length).toBeGreaterThan(0)
    for (const { claim, sentences } of [answer, ...further]) {
      expect(text).toContain(claim)
      for (const sentence of sentences) expect(text).toContain(sentence)
    }
    const { psnr, ssim } = cells[0].evaluation.denoised
    expect(text).toContain(`${psnr.toFixed(2)} / ${ssim.toFixed(3)}`)
    const { value, interval } = cells[0].separation[0].scores.gap.f1
    expect(text).toContain(`${value.toFixed(3)} [${interval.low.toFixed(3)}, ${interval.high.toFixed(3)}]`)
    expect(complaints).toEqual([])
  } finally {
    await browser.close()
  }
})

test('whether what is removed is mostly blur is concluded in the terminal’s lines, with the parts of the object told apart', async () => {
  const { answer, further, cells } = JSON.parse(await readFile(at('study.json'), 'utf8'))
  for (const { claim, sentences } of [answer, ...further]) {
    expect(lines).toContain(`The claim: ${claim}\n`)
    for (const sentence of sentences) expect(lines).toContain(`  ${sentence}\n`)
  }
  expect(further.map(({ claim }: { claim: string }) => claim)).toEqual([expect.stringContaining('mostly blur')])
  expect(answer.sentences.join()).toMatch(/Object above 0.1: on fashion-mnist the core is \d+% of the object’s pixels/)
  const { core, object } = cells[0].cleanControl[0].parts
  expect(core.ratio.value).toBeCloseTo(core.clean.value / core.noisy.value, 12)
  expect(object.clean.basis.images).toBe(12)
})

test('what is taken for noise is measured against the clean image, the median and chance', async () => {
  const { cells } = JSON.parse(await readFile(at('study.json'), 'utf8'))
  const [cell] = cells
  expect(cell.weights).toMatchObject({ origin: 'shipped' })
  expect(cell.separation.map((each: { denoiser: string }) => each.denoiser)).toEqual([
    'network',
    'median',
    'network',
    'median',
  ])
  const [noisePath] = cell.attribution.filter((each: { method: string }) => each.method === 'noise-path')
  // Whatever changes between the clean and the noisy image is noise, so all of the mass lies on it: 1 / 0.1 of chance and more.
  expect(noisePath.massOnNoise.image.value).toBeGreaterThan(8)
  expect(noisePath.worstGap).toBeLessThan(1e-3)
  const csv = (await readFile(at('study.csv'), 'utf8')).split('\n')
  expect(csv[0]).toBe('dataset,noise,model,denoiser,object_threshold,region,score,value,low,high,values,images')
  const gap = cell.separation[0].scores.gap.f1
  expect(csv.find((line) => line.includes('"network",0.1,"background - core","f1",'))).toContain(
    `,${gap.value},${gap.interval.low},${gap.interval.high},${gap.basis.values},${gap.basis.images}`,
  )
})

test('started again, it takes the cells that are there, and with other settings measures them anew', async () => {
  const cell = at('cells', 'fashion-mnist-salt-and-pepper-autoencoder.json')
  const before = await stat(cell)
  await study(...SMALL)
  expect((await stat(cell)).mtimeMs).toBe(before.mtimeMs)
  await study(...SMALL, '--seed', '2')
  expect((await stat(cell)).mtimeMs).toBeGreaterThan(before.mtimeMs)
})
