import type { Device } from '@noisescope/core'
import { openDevice } from '@noisescope/core/node'
import { type Model, variablesOf } from '@noisescope/nn'
import { afterAll } from 'vitest'
import type { Size } from '../../src/index.ts'

/** A device that is closed when the tests of the file are done. */
export async function openTestDevice(): Promise<Device> {
  const device = await openDevice()
  afterAll(() => device[Symbol.dispose]())
  return device
}

/** Repeatable numbers in -1..1. */
export const numbers = (count: number, seed: number): Float32Array =>
  Float32Array.from({ length: count }, (_, i) => 2 * fraction(Math.sin((i + 1) * 12.9898 + seed) * 43758.5453) - 1)

const fraction = (value: number): number => value - Math.floor(value)

/** Biases and statistics as of a trained network: none is zero, so that a part that is forgotten shows. */
export function randomise(device: Device, model: Model): void {
  for (const [v, variable] of variablesOf(model).entries()) {
    const noise = numbers(variable.initial.length, v)
    const isVariance = variable.name.endsWith('running_var')
    const values = noise.map((value, i) => {
      if (isVariance) return 1 + 0.5 * value
      return (variable.initial[i] as number) + (variable.shape.length === 1 ? 0.1 * value : 0)
    })
    device.write(variable, values)
  }
}

/** A smooth image with noise, [c, h, w]. */
export function testImage({ width, height }: Size, channels: number, seed = 5): Float32Array {
  const noise = numbers(channels * width * height, seed)
  return noise.map((value, i) => 0.5 + 0.3 * Math.sin(((i % width) + Math.floor(i / width)) / 3) + 0.1 * value)
}
