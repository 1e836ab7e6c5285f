import { type Shape, sub } from '@noisescope/core'
import type { StoredModel } from '@noisescope/models'
import { testDevice } from './shared.ts'

/** What a model makes of a noisy image. @param sigma level of the noise on 0..1, for models that are told it. */
export async function cleaned(
  trained: StoredModel,
  shape: Shape,
  noisy: Float32Array,
  sigma: number,
): Promise<Float32Array> {
  const device = await testDevice()
  const { model } = trained
  trained.place(device)
  using program = await device.compile(
    ({ noisy }) => {
      const output = model.forward(noisy, { sigma })
      return { clean: model.output === 'clean' ? output : sub(noisy, output) }
    },
    { noisy: shape },
  )
  const { clean } = await program.run({ noisy })
  return clean
}
