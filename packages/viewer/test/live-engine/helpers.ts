import { readFile } from 'node:fs/promises'
import { openDevice } from '@noisescope/core/node'
import { type ModelOptions, modelKind } from '@noisescope/models'
import { type Model, variablesOf, writeSafetensors } from '@noisescope/nn'
import { afterEach } from 'vitest'
import { type LiveImage, type LiveSource, type LiveSourceOptions, openLiveSource } from '../../src/live-engine/index.ts'

/** Never aborted. */
export const never = new AbortController().signal

/** Weights that come with the command. */
export async function shipped(name: string): Promise<{ bytes: Uint8Array; name: string }> {
  const path = new URL(`../../../../apps/runner/weights/${name}.safetensors`, import.meta.url)
  return { bytes: await readFile(path), name: `${name}.safetensors` }
}

/** Untrained weights of a model, or what is made of them. */
export function untrained(name: string, options: ModelOptions = {}, change = (value: number) => value) {
  const model: Model = modelKind(name).build(options, 7)
  const tensors = new Map(
    variablesOf(model).map(({ name: each, shape, initial }) => {
      return [each, { shape, data: Float32Array.from(initial, change) }]
    }),
  )
  return { bytes: writeSafetensors(tensors, { model: name }), name: `${name}.safetensors` }
}

/** A small network for photographs: quick to compile. */
export const small = untrained('dncnn-s', { depth: 3, width: 4, batchNorm: false })

/** A bright square on black. */
export const square = (width: number, height: number, name = 'square'): LiveImage => ({
  name,
  width,
  height,
  channels: 1,
  data: Float32Array.from({ length: width * height }, (_, i) => {
    const [x, y] = [i % width, Math.floor(i / width)]
    return x > width / 4 && x < (3 * width) / 4 && y > height / 4 && y < (3 * height) / 4 ? 0.8 : 0
  }),
})

const opened: LiveSource[] = []
afterEach(() => {
  for (const source of opened.splice(0)) source.dispose()
})

/** A source on this machine's adapter, disposed after the test. */
export async function openSource(options: LiveSourceOptions): Promise<LiveSource> {
  const source = await openLiveSource({ open: openDevice, ...options })
  opened.push(source)
  return source
}

export const largestDifference = (a: Float32Array, b: Float32Array): number => {
  if (a.length !== b.length) return Number.POSITIVE_INFINITY
  return a.reduce((most, value, i) => Math.max(most, Math.abs(value - (b[i] as number))), 0)
}
