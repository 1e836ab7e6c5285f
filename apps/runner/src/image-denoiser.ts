import type { Device } from '@noisescope/core'
import type { Image } from '@noisescope/images'
import { compileDenoiser } from './denoiser.ts'
import type { TrainedModel } from './weights.ts'
import { type DenoiseImageOptions, WholeImageDenoiser } from './whole-image-denoiser.ts'

/** A trained model that denoises images of any size, one after another. */
export interface ImageDenoiser extends Disposable {
  /**
   * Denoises an image; the result is not clipped.
   * @throws InputError when the model must be told the noise level and is not.
   */
  denoise(image: Image, options?: DenoiseImageOptions): Promise<Image>
}

/** Puts a trained model on a device, ready for images of any size. */
export async function openDenoiser(device: Device, trained: TrainedModel): Promise<ImageDenoiser> {
  const { kind, model } = trained
  trained.place(device)
  if (kind.takes === 'photographs') return new WholeImageDenoiser(device, model)
  const denoiser = await compileDenoiser(device, model, kind.tile)
  return {
    denoise: async (image, { onProgress } = {}) => {
      const [denoised = image] = await denoiser.denoise([image], onProgress)
      return denoised
    },
    [Symbol.dispose]: () => denoiser[Symbol.dispose](),
  }
}
