import { existsSync, readFileSync } from 'node:fs'
import type { Device } from '@noisescope/core'
import { openDevice } from '@noisescope/core/node'
import { readSafetensors, type StoredTensor } from '@noisescope/nn'
import { afterAll, expect, it } from 'vitest'

/** Published weights and PyTorch's values, beside the checkout. */
export const SHARED = new URL('../../../shared/', import.meta.url)
/** A software adapter whose driver's cache is empty compiles the kernels of a training step for minutes (milliseconds). */
const COLD_START = 600_000

/** A test that needs the shared folder: where it is absent it is skipped with the reason, and fails in CI. */
export function itWithShared(name: string, test: () => void | Promise<void>): void {
  const skip = !existsSync(SHARED) && process.env.CI !== 'true'
  if (skip) console.warn(`skipped, since ${SHARED.pathname} is not there: ${name}`)
  it.skipIf(skip)(name, test, COLD_START)
}

/** The tensors of a safetensors file of the shared folder. */
export const sharedTensors = (path: string): ReadonlyMap<string, StoredTensor> =>
  readSafetensors(readFileSync(new URL(path, SHARED)), path).tensors

/** A grey float32 image of the shared folder as numpy saves it, [height, width]. */
export function sharedImage(path: string): { width: number; height: number; data: Float32Array } {
  const bytes = readFileSync(new URL(path, SHARED))
  const start = 10 + bytes.readUInt16LE(8)
  const [, height = '', width = ''] = /'<f4', 'fortran_order': False, 'shape': \((\d+), (\d+)\)/.exec(
    bytes.subarray(10, start).toString('latin1'),
  ) as RegExpExecArray
  const data = new Float32Array(new Uint8Array(bytes.subarray(start)).buffer)
  expect(data.length).toBe(Number(width) * Number(height))
  return { width: Number(width), height: Number(height), data }
}

/** A part of an image, [size, size], from `corner` down and to the right. */
export const cropOf = (
  { width, data }: { width: number; data: Float32Array },
  corner: number,
  size: number,
): Float32Array =>
  Float32Array.from(
    { length: size * size },
    (_, i) => data[(corner + Math.floor(i / size)) * width + corner + (i % size)] as number,
  )

let opened: Promise<Device> | undefined
/** The device shared by the tests of one file. */
export const testDevice = (): Promise<Device> => (opened ??= openDevice())
afterAll(async () => (await opened)?.[Symbol.dispose]())

const largest = (values: ArrayLike<number>) =>
  Array.from(values).reduce((most, value) => Math.max(most, Math.abs(value)), 0)

/** Largest difference over the largest magnitude of the expected values. */
export function relativeError(actual: ArrayLike<number> = [], expected: ArrayLike<number> = []): number {
  expect(actual.length).toBe(expected.length)
  return largest(Array.from(expected, (value, i) => (actual[i] as number) - value)) / largest(expected)
}
