import { readFile } from 'node:fs/promises'
import { setTimeout } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { InputError } from '@noisescope/core'
import { readTrace } from '@noisescope/explain/trace'
import type { CDPSession, Page } from 'playwright-core'
import { openViewerPages } from '../helpers/viewer-pages.ts'

/**
 * Measures how smoothly a region is brushed on a recorded trace, whose pixel filters are added up for every move: frames a second,
 * and how long the page's only thread is busy for a move of the pointer.
 *
 *     pnpm bench:brush [TRACE] [--seconds 5]
 */
const { values, positionals } = parseArgs({
  options: { seconds: { type: 'string', default: '5' } },
  allowPositionals: true,
})
const SHIRT = new URL('../../../../examples/shirt.safetensors', import.meta.url)
const [trace = SHIRT] = positionals
const seconds = Number(values.seconds)

/** The bytes of the trace. @throws InputError when there is none that can be brushed on. */
async function checkedInput(): Promise<Uint8Array> {
  if (!(seconds > 0 && Number.isFinite(seconds)))
    throw new InputError(`--seconds is ${values.seconds}; expected a number above 0`)
  const bytes = await readFile(trace).catch((cause: NodeJS.ErrnoException) => {
    throw new InputError(`${trace} cannot be read (${cause.code})`, { cause })
  })
  readTrace(bytes, String(trace))
  return bytes
}

const bytes = await checkedInput().catch((error: unknown) => {
  if (!(error instanceof InputError)) throw error
  console.error(`error: ${error.message}`)
  process.exit(2)
})

/** Turns of the pointer around the middle of the image in a second, and how far from it, as a share of the image. */
const TURNS = 0.5
const RADIUS = 0.3

/** From one move of the pointer to the next, as a mouse of 125 reports a second sends them. */
const INTERVAL_MS = 8

/** Milliseconds that the page's main thread was busy so far, and the moves that it was told of. */
async function busy(page: Page, session: CDPSession): Promise<{ time: number; moves: number }> {
  const { metrics } = await session.send('Performance.getMetrics')
  const seconds = metrics.find(({ name }) => name === 'TaskDuration')?.value ?? Number.NaN
  const moves = await page.evaluate(() => (globalThis as unknown as { moves: number }).moves)
  return { time: 1000 * seconds, moves }
}

const milliseconds = (value: number): string => `${value.toFixed(1)} ms`

const pages = await openViewerPages()
try {
  pages.files.set('/trace.safetensors', bytes)
  const { page } = await pages.open('<activation-viewer src="/trace.safetensors"></activation-viewer>', {
    script: `globalThis.moves = 0
      globalThis.frames = []
      addEventListener('pointermove', () => moves++, { capture: true })
      const frame = (time) => { frames.push(time); requestAnimationFrame(frame) }
      requestAnimationFrame(frame)`,
  })
  await page.getByRole('button', { name: 'Brush a region' }).click()
  const stage = await page.locator('.stage .frame').boundingBox()
  if (stage === null) throw new Error('the trace has no image to brush on')
  const moveTo = (second: number): Promise<void> => {
    const angle = 2 * Math.PI * TURNS * second
    const [x, y] = [Math.cos(angle), Math.sin(angle)].map((share) => 0.5 + RADIUS * share)
    return page.mouse.move(stage.x + stage.width * (x ?? 0), stage.y + stage.height * (y ?? 0))
  }
  await moveTo(0)
  await page.mouse.down()
  await page.evaluate(() => (globalThis as unknown as { frames: number[] }).frames.splice(0))
  const session = await page.context().newCDPSession(page)
  await session.send('Performance.enable')
  const before = await busy(page, session)
  const start = performance.now()
  const sent: Promise<void>[] = []
  for (let elapsed = 0; elapsed < seconds; elapsed = (performance.now() - start) / 1000) {
    sent.push(moveTo(elapsed))
    await setTimeout(INTERVAL_MS)
  }
  await Promise.all(sent)
  const after = await busy(page, session)
  const frames = await page.evaluate(() => (globalThis as unknown as { frames: number[] }).frames)
  await page.mouse.up()

  const moves = after.moves - before.moves
  const gaps = frames.slice(1).map((time, i) => time - (frames[i] ?? time))
  const sorted = gaps.toSorted((a, b) => a - b)
  const within = (share: number): string => milliseconds(sorted[Math.floor(share * (sorted.length - 1))] ?? Number.NaN)
  const perSecond = (1000 * gaps.length) / gaps.reduce((sum, gap) => sum + gap, 0)
  const target = await page.locator('activation-viewer').getAttribute('target')
  console.log(`Chromium ${page.context().browser()?.version()} on ${process.platform} ${process.arch}: ${moves} moves`)
  console.log(`main thread busy for each move: ${milliseconds((after.time - before.time) / moves)}`)
  console.log(`frames a second: ${perSecond.toFixed(1)}`)
  console.log(`from frame to frame: median ${within(0.5)}, 95 % within ${within(0.95)}, slowest ${within(1)}`)
  if (target?.startsWith('region') !== true) throw new Error(`nothing was brushed: the target is ${target}`)
} finally {
  await pages.close()
}
