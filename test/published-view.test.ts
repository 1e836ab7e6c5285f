import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { cp, mkdtemp, rm, symlink } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { openBrowser } from '@noisescope/test-browser'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openStudio, STUDIO } from './helpers/studio.ts'

/** The page is built, a browser unpacked, and a model run (milliseconds). */
const PATIENCE = 1_200_000

const RUNNER = fileURLToPath(new URL('../apps/runner/', import.meta.url))

/** The command as its package lies after an installation: the built studio in it, none beside it. */
let folder = ''
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'published-'))
  const installed = join(folder, 'noisescope')
  await using studio = await openStudio({ webgpu: false })
  await cp(studio.folder, join(installed, 'studio'), { recursive: true })
  for (const part of ['src', 'weights', 'package.json']) {
    await cp(join(RUNNER, part), join(installed, part), { recursive: true })
  }
  await symlink(join(RUNNER, 'node_modules'), join(installed, 'node_modules'), 'junction')
})
afterAll(() => rm(folder, { recursive: true, force: true }))

test('the installed command serves the studio that its package holds, and shows the trace in it', async () => {
  const trace = join(STUDIO, 'examples', 'garment.safetensors')
  const main = join(folder, 'noisescope', 'src', 'main.ts')
  const view = spawn(process.execPath, [main, 'view', trace, '--no-open'], { stdio: ['ignore', 'pipe', 'inherit'] })
  try {
    const [line] = (await once(createInterface(view.stdout), 'line')) as [string]
    const [url = ''] = /http:\S+/.exec(line) ?? []
    const browser = await openBrowser()
    try {
      const page = await browser.newPage()
      const complaints: string[] = []
      page.on('pageerror', (error) => complaints.push(String(error)))
      page.on('response', (response) => response.ok() || complaints.push(`${response.status()} ${response.url()}`))
      // What the policy of the server does not allow is told here.
      page.on('console', (message) => {
        if (message.type() === 'error') complaints.push(message.text())
      })
      await page.goto(url)
      const rowSum = page.locator('look-panel .explanation [data-fact=rowSum]')
      await rowSum.waitFor()
      expect(await rowSum.textContent()).toContain('0.1303')
      for (const name of ['Train live', 'The study', 'Look inside']) await page.getByRole('tab', { name }).click()
      await page.getByRole('button', { name: 'Run the model live' }).click()
      await page.locator('look-panel kernel-times').waitFor({ state: 'attached', timeout: PATIENCE })
      await page.getByRole('tab', { name: 'The study' }).click()
      await page.getByText('Shown: the example study').waitFor()
      expect(complaints).toEqual([])
    } finally {
      await browser.close()
    }
  } finally {
    view.kill('SIGINT')
    await once(view, 'exit')
  }
})
