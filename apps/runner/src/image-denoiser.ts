import { type Device, InputError } from '@noisescope/core'
import type { Image } from '@noisescope/images'
import { compileDenoiser, type Denoiser } from './denoiser.ts'
import type { TrainedModel } from './weights.ts'
import { type DenoiseImageOptions, WholeImageDenoiser } from './whole-image-denoiser.ts'

/** A trained model that denoises images of any size, one after another. */
export interface ImageDenoiser extends Disposable {
  /**
   * Denoises an image; the result is not clipped.
   * @throws InputError when the model must be told the noise level and is not, or its weights make NaN or infinity of the image.
   */
  denoise(image: Image, options?: DenoiseImageOptions): Promise<Image>
}

/** Puts a trained model on a device, ready for images of any size. */
export async function openDenoiser(device: Device, trained: TrainedModel): Promise<ImageDenoiser> {
  const { kind, model } = trained
  trained.place(device)
  const denoiser =
    kind.takes === 'photographs'
      ? new WholeImageDenoiser(device, model)
      : imageByImage(await compileDenoiser(device, model, kind.tile))
  return {
    denoise: async (image, options) => {
      const denoised = await denoiser.denoise(image, options)
      if (denoised.data.every(Number.isFinite)) return denoised
      throw new InputError(
        `the weights ${trained.path} make NaN or infinity of an image, although they are finite: they are damaged or far too ` +
          'large; give others',
      )
    },
    [Symbol.dispose]: () => denoiser[Symbol.dispose](),
  }
}

const imageByImage = (denoiser: Denoiser): ImageDenoiser => ({
  denoise: async (image, { onProgress } = {}) => {
    const [denoised = image] = await denoiser.denoise([image], onProgress)
    return denoised
  },
  [Symbol.dispose]: () => denoiser[Symbol.dispose](),
})
