import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openStudio, STUDIO, type Studio } from './helpers/studio.ts'

let studio: Studio
beforeAll(async () => {
  studio = await openStudio({ webgpu: false })
})
afterAll(() => studio?.[Symbol.asyncDispose]())

const tab = (page: Page, name: string) => page.getByRole('tab', { name })
const viewerOf = (page: Page) => page.locator('look-panel activation-viewer')

test('from a sub-path the page opens whole, asks no other host, and complains of nothing', async () => {
  await using opened = await studio.open()
  const { page, complaints } = opened
  await viewerOf(page).getByText('conv2d_6').first().waitFor()
  for (const name of ['Train live', 'The study', 'Look inside']) {
    await tab(page, name).click()
    await page.getByRole('tabpanel', { name }).waitFor()
  }
  await page.waitForLoadState('networkidle')
  expect(complaints).toEqual([])
  expect(studio.missed).toEqual([])
})

test('without WebGPU it says so, opens the recorded example, and offers nothing that would fail', async () => {
  await using opened = await studio.open()
  const { page } = opened
  await page.getByText('Models cannot run here. Recorded traces can still be looked at').waitFor()
  await viewerOf(page).getByText('fashion-mnist test image 0').first().waitFor()
  expect(await page.getByRole('combobox', { name: 'Model' }).isDisabled()).toBe(true)
  await tab(page, 'Train live').click()
  await page.getByText('Nothing can be trained here').waitFor()
  expect(await page.getByRole('button', { name: 'Start' }).isDisabled()).toBe(true)
})

test('after the first visit it works without a network, a trace that was dropped on it included', async () => {
  await using opened = await studio.open()
  const { page, complaints } = opened
  await page.evaluate(() => navigator.serviceWorker.ready.then(() => true))
  await page.context().setOffline(true)
  await page.goto(`${studio.url}?tab=study`)
  await page.getByText('Shown: the example study').waitFor()
  await tab(page, 'Train live').click()
  await page.getByText('Nothing can be trained here').waitFor()
  const trace = await readFile(join(STUDIO, 'examples', 'garment.safetensors'))
  await page.evaluate((base64) => {
    const bytes = Uint8Array.from(atob(base64), (each) => each.charCodeAt(0))
    const dataTransfer = new DataTransfer()
    dataTransfer.items.add(new File([bytes], 'dropped.safetensors'))
    document.body.dispatchEvent(new DragEvent('drop', { dataTransfer, bubbles: true, cancelable: true }))
  }, trace.toString('base64'))
  await viewerOf(page).getByText('49,761 parameters').first().waitFor()
  expect(await tab(page, 'Look inside').getAttribute('aria-selected')).toBe('true')
  expect(complaints).toEqual([])
})

test('a trace is opened by its address, and what is none is told in words', async () => {
  await using opened = await studio.open('?trace=examples/garment.safetensors')
  await viewerOf(opened.page).getByText('fashion-mnist test image 0').first().waitFor()
  await using other = await studio.open('?trace=contents.json')
  await viewerOf(other.page).getByText('contents.json').first().waitFor()
  const { page } = other
  await page
    .getByLabel('Own weights…')
    .setInputFiles({ name: 'broken.safetensors', mimeType: '', buffer: Buffer.from('no') })
  await page.getByRole('alert').filter({ hasText: 'broken.safetensors' }).waitFor()
})

test('a trace of another host is asked for only once somebody has said so', async () => {
  const host = 'http://127.0.0.2:9/'
  await using opened = await studio.open(`?trace=${host}elsewhere.safetensors`)
  const { page, complaints } = opened
  const question = page.getByRole('alertdialog', { name: 'A trace of another host' })
  await question.getByText('127.0.0.2:9').first().waitFor()
  await page.waitForLoadState('networkidle')
  expect(complaints).toEqual([])
  await question.getByRole('button', { name: 'Go on without it' }).click()
  await viewerOf(page).getByText('fashion-mnist test image 0').first().waitFor()
  expect(complaints).toEqual([])

  await using other = await studio.open(`?trace=${host}elsewhere.safetensors`)
  await other.page.getByRole('button', { name: 'Open the trace' }).click()
  await viewerOf(other.page).getByText('elsewhere.safetensors could not be fetched').first().waitFor()
  expect(other.complaints).toContain(`${host}elsewhere.safetensors`)

  await using data = await studio.open(`?trace=${encodeURIComponent('data:,x')}`)
  await data.page.getByText('Such an address is not opened').waitFor()
  expect(await data.page.getByRole('button', { name: 'Open the trace' }).count()).toBe(0)
})

test('arrow keys, Home and End go through the tabs, of which one is a stop', async () => {
  await using opened = await studio.open()
  const { page } = opened
  await tab(page, 'Look inside').focus()
  const pressed = async (key: string) => {
    await page.keyboard.press(key)
    const focused = await page.evaluate(() =>
      document.querySelector('studio-app')?.shadowRoot?.activeElement?.textContent?.trim(),
    )
    const shown = await page.getByRole('tabpanel').evaluateAll((panels) => panels.map(({ id }) => id))
    const stops = await page
      .getByRole('tab')
      .evaluateAll((tabs) => tabs.filter(({ tabIndex }) => tabIndex === 0).length)
    return { focused, shown, stops }
  }
  expect(await pressed('ArrowRight')).toEqual({ focused: 'Train live', shown: ['panel-train'], stops: 1 })
  expect(await pressed('End')).toEqual({ focused: 'The study', shown: ['panel-study'], stops: 1 })
  expect(await pressed('ArrowRight')).toEqual({ focused: 'Look inside', shown: ['panel-look'], stops: 1 })
  expect(await pressed('ArrowLeft')).toEqual({ focused: 'The study', shown: ['panel-study'], stops: 1 })
  expect(await pressed('Home')).toEqual({ focused: 'Look inside', shown: ['panel-look'], stops: 1 })
  expect(new URL(page.url()).searchParams.get('tab')).toBe('look')
})

test('a study file is shown with the numbers that are in it, and its pictures from the files beside it', async () => {
  const json = gunzipSync(await readFile(join(STUDIO, 'examples', 'study.json.gz'))).toString()
  const study = JSON.parse(json)
  const [cell] = study.cells
  // A number that is in no other file.
  cell.evaluation.denoised = { ...cell.evaluation.denoised, psnr: 12.3456 }
  await using opened = await studio.open('?tab=study', { width: 390, height: 844 })
  const { page } = opened
  const png = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGNgAAAAAgABSK+kcQAAAABJRU5ErkJggg=='
  const kept = {
    settings: '',
    result: cell,
    figures: [{ cell: cell.name, caption: 'Clean and noisy', png, width: 1, height: 1 }],
  }
  const file = (name: string, content: unknown) => ({
    name,
    mimeType: 'application/json',
    buffer: Buffer.from(JSON.stringify(content)),
  })
  await page.getByLabel('Open study files…').setInputFiles([file('study.json', study), file('cell.json', kept)])
  await page.getByText('Shown: study.json').waitFor()
  const text = await page.locator('study-panel').evaluate((panel) => panel.shadowRoot?.textContent ?? '')
  for (const sentence of study.answer.sentences) expect(text).toContain(sentence)
  expect(text).toContain('12.35 dB')
  for (const { evaluation, separation } of study.cells) {
    const { psnr, ssim } = evaluation.denoised
    expect(text).toContain(`${psnr.toFixed(2)} / ${ssim.toFixed(3)}`)
    for (const { scores } of separation) {
      const { value, interval } = scores.gap.f1
      expect(text).toContain(`${value.toFixed(3)} [${interval.low.toFixed(3)}, ${interval.high.toFixed(3)}]`)
    }
  }
  await page.getByRole('img', { name: 'Clean and noisy' }).waitFor()
  // A phone's page does not scroll sideways; wide tables do so by themselves.
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390)
  await page.getByLabel('Open study files…').setInputFiles([file('other.json', { cells: [] })])
  await page.getByRole('alert').filter({ hasText: 'other.json.createdBy is nothing; expected a text' }).waitFor()
})
