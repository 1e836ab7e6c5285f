import { parseArgs } from 'node:util'
import type { Device } from '@noisescope/core'
import { openDevice } from '@noisescope/core/node'
import { dncnn } from '@noisescope/dncnn'
import { ExplainSession, pixel, pixelFilter, sessionTrace, traceFrame } from '@noisescope/explain'
import { readTrace, writeTrace } from '@noisescope/explain/trace'
import { createImage, decodeImage, encodePng } from '@noisescope/images'
import { variablesOf } from '@noisescope/nn'
import { Random } from '../fuzz/random.ts'

/**
 * Runs for an hour what a long session does: devices are opened and closed, images of ever other sizes denoised, explained,
 * recorded, written and read. Fails where a result is wrong, or memory goes on growing.
 */
const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '60' },
    seed: { type: 'string', default: '1' },
    help: { type: 'boolean' },
  },
})

/** Images that each device sees before it is closed. */
const IMAGES_A_DEVICE = 5
/** Sides of images (pixels). */
const [LEAST, MOST] = [8, 96]
/** By which the median memory of the last third may exceed that of the second (bytes): caches fill, drivers keep some. */
const GROWTH = 96 * 2 ** 20

/** @returns the exit code. */
async function soak(minutes: number, random: Random): Promise<number> {
  const start = performance.now()
  const passed = (): number => (performance.now() - start) / 60_000
  const memory: number[] = []
  let told = -1
  for (let devices = 1; passed() < minutes; devices++) {
    const left = await life(random)
    globalThis.gc?.()
    memory.push(process.memoryUsage.rss())
    if (left !== 0) {
      process.stdout.write(`device ${devices} was closed with ${left} bytes of buffers\n`)
      return 1
    }
    if (Math.floor(passed()) === told) continue
    told = Math.floor(passed())
    process.stdout.write(
      `${told} min: ${devices} devices, ${devices * IMAGES_A_DEVICE} images, ${megabytes(memory.at(-1) ?? 0)} MiB\n`,
    )
  }
  const third = Math.floor(memory.length / 3)
  if (third === 0) {
    process.stdout.write('too short to tell whether memory grows: give more --minutes\n')
    return 1
  }
  const [second, last] = [median(memory.slice(third, 2 * third)), median(memory.slice(2 * third))]
  const grows = last - second > GROWTH
  const finding = `median memory of the second third ${megabytes(second)} MiB, of the last ${megabytes(last)} MiB`
  process.stdout.write(`${grows ? 'memory grows' : 'memory does not grow'}: ${finding}\n`)
  return grows ? 1 : 0
}

/** A device from its opening to its end. @returns bytes of buffers that are left then. */
async function life(random: Random): Promise<number> {
  const device = await openDevice()
  const model = dncnn({ depth: 2, width: 4, bias: 'all', seed: 1 + random.below(1000) })
  for (let i = 0; i < IMAGES_A_DEVICE; i++) await oneImage(device, model, random)
  device.forget(variablesOf(model))
  const left = device.bytes
  device[Symbol.dispose]()
  return left
}

/** Denoises and explains an image of some size, records it, and reads image and recording back. */
async function oneImage(device: Device, model: ReturnType<typeof dncnn>, random: Random): Promise<void> {
  const size = { width: sideOf(random), height: sideOf(random) }
  const pixels = Float32Array.from({ length: size.width * size.height }, () => random.fraction())
  const { data: noisy } = decodeImage(encodePng(createImage(size.width, size.height, 1, pixels)))
  using program = await device.compile(({ x }) => ({ y: model.forward(x) }), { x: [1, 1, size.height, size.width] })
  const { y = new Float32Array() } = await program.run({ x: noisy })
  using session = new ExplainSession(device, model, size)
  const subject = { noisy, target: pixel(random.below(size.width), random.below(size.height)) }
  const explanations = await session.explain(subject, [pixelFilter()], { layers: [] })
  const frame = await traceFrame(session, subject, { explanations })
  const about = { createdBy: 'soak', source: { name: 'noise' }, model: { name: 'dncnn', options: {} } }
  const trace = sessionTrace(session, { ...about, subject, frames: [frame] })
  const [read] = readTrace(writeTrace(trace, { activations: 'uint8' }), 'the recording').frames
  const denoised = read?.denoised?.data ?? new Float32Array()
  const where = `${size.width}x${size.height}`
  if (denoised.length !== noisy.length || denoised.some((value) => !Number.isFinite(value))) {
    throw new Error(`${where}: the recording has ${denoised.length} values, or some that are not finite`)
  }
  // The network says the noise or the image: either way both programs say the same.
  const worst = Math.max(
    ...denoised.map((value, i) =>
      Math.min(Math.abs(value - (y[i] ?? 0)), Math.abs((noisy[i] ?? 0) - value - (y[i] ?? 0))),
    ),
  )
  if (worst > 1e-4) throw new Error(`${where}: the session differs from the program by ${worst}`)
}

const sideOf = (random: Random): number => LEAST + random.below(MOST - LEAST + 1)

const median = (amounts: readonly number[]): number =>
  amounts.toSorted((a, b) => a - b)[Math.floor(amounts.length / 2)] ?? 0

const megabytes = (bytes: number): number => Math.round(bytes / 2 ** 20)

if (values.help) {
  process.stdout.write(`pnpm soak [--minutes 60] [--seed 1]
Opens and closes devices, denoises, explains and records images of many sizes, and fails where memory goes on growing.\n`)
} else {
  process.exitCode = await soak(Number(values.minutes), new Random(values.seed))
}
process.exit()
