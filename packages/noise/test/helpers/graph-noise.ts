import { type Device, type RandomKey, type Shape, sizeOf } from '@noisescope/core'
import { openDevice } from '@noisescope/core/node'
import { afterAll } from 'vitest'
import { addNoise, type Noise, type NoiseOptions, type NoisyImages } from '../../src/index.ts'

let device: Promise<Device> | undefined

afterAll(async () => {
  ;(await device)?.[Symbol.dispose]()
  device = undefined
})

/** What `addNoise` gives on the device, in the shape of `applyNoise`'s result. */
export async function graphNoise(
  clean: Float32Array,
  shape: Shape,
  noise: Noise,
  key: RandomKey,
  options: NoiseOptions = {},
): Promise<NoisyImages> {
  if (clean.length !== sizeOf(shape)) throw new Error(`${clean.length} values do not fill ${shape.join('x')}`)
  device ??= openDevice()
  using program = await (await device).compile(
    (inputs) => ({ ...addNoise(inputs.clean, noise, inputs.key, options) }),
    {
      clean: shape,
      key: { shape: [4], dtype: 'u32' },
    },
  )
  return program.run({ clean, key: Uint32Array.from(key) })
}
